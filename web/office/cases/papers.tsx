import { type ReactNode, useState } from "react";
import { PaperPicture } from "../../shared/fields/paper-picture.tsx";
import { day, size } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { Dialog } from "../parts/dialog.tsx";
import type { DeskPaper } from "../types.ts";
import { usePaperTitle } from "./paper-words.ts";
import "./papers.css";

const w = words({
  look: { zh: "查看材料", en: "View paper" },
  turn: { zh: "转一下", en: "Turn" },
  larger: { zh: "放大", en: "Larger" },
  fit: { zh: "看全", en: "Fit" },
  before: { zh: "上一份", en: "Previous" },
  after: { zh: "下一份", en: "Next" },
  own: { zh: "在新窗口打开", en: "Open in a window" },
  counts: { zh: "现用", en: "Counts now" },
  replaced: { zh: "{day}已替换", en: "Replaced {day}" },
  of: { zh: "第 {n} / {all} 份", en: "{n} of {all}" },
});

/**
 * Papers by a drawing of their kind; a press opens one over the page. Nothing of a paper is fetched before, for to fetch it
 * is to look at it, and the person reads who looked. Once a later hand-in has replaced some of a case's papers, `marked`, each
 * says whether it counts.
 */
export function Papers({
  of,
  marked,
}: {
  readonly of: readonly DeskPaper[];
  readonly marked: boolean;
}): ReactNode {
  const { t } = useLang();
  const paperTitle = usePaperTitle();
  const [open, setOpen] = useState<number>();
  return (
    <>
      <div className="papers">
        {of.map((paper, index) => {
          const title = paper.kindTitle ? t(paper.kindTitle) : t(paperTitle(paper.kind));
          return (
            <button
              type="button"
              className={paper.replacedOn ? "paper replaced" : "paper"}
              key={paper.id}
              onClick={() => setOpen(index)}
            >
              <span className="only-read">{t(w.look)}</span>
              <span className="view">
                <PaperPicture kind={paper.kind} />
              </span>
              <span className="clip">{title}</span>
              <span className="muted clip">{paper.fileName ?? size(paper.bytes)}</span>
              {marked && <Mark of={paper} />}
            </button>
          );
        })}
      </div>
      {open !== undefined && (
        <Viewer of={of} marked={marked} at={open} onMove={setOpen} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}

function Mark({ of }: { readonly of: DeskPaper }): ReactNode {
  const { lang, t } = useLang();
  return of.replacedOn ? (
    <span className="tag warn">{t(w.replaced, { day: day(of.replacedOn, lang, "short") })}</span>
  ) : (
    <span className="tag good">{t(w.counts)}</span>
  );
}

function Viewer(props: {
  readonly of: readonly DeskPaper[];
  readonly marked: boolean;
  readonly at: number;
  readonly onMove: (at: number) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useLang();
  const paperTitle = usePaperTitle();
  const [angle, setAngle] = useState(0);
  const [large, setLarge] = useState(false);
  const paper = props.of[props.at];
  if (!paper) return null;
  const address = `/api/papers/${paper.id}`;
  const title = paper.kindTitle ? t(paper.kindTitle) : t(paperTitle(paper.kind));
  const isImage = paper.mediaType.startsWith("image/");
  return (
    <Dialog title={title} onClose={props.onClose} wide>
      <div className="viewer">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a large picture is scrolled by the keyboard. */}
        <section className="glass" aria-label={title} tabIndex={0}>
          {isImage ? (
            <img
              src={address}
              alt={title}
              className={large ? "large" : undefined}
              style={{ transform: `rotate(${angle}deg)` }}
            />
          ) : (
            <iframe src={address} title={title} />
          )}
        </section>
        <div className="bar">
          <button
            type="button"
            className="button"
            disabled={props.at === 0}
            onClick={() => props.onMove(props.at - 1)}
          >
            {t(w.before)}
          </button>
          <button
            type="button"
            className="button"
            disabled={props.at >= props.of.length - 1}
            onClick={() => props.onMove(props.at + 1)}
          >
            {t(w.after)}
          </button>
          <span className="muted">{t(w.of, { n: props.at + 1, all: props.of.length })}</span>
          {props.marked && <Mark of={paper} />}
          <span style={{ marginLeft: "auto" }} />
          {isImage && (
            <>
              <button type="button" className="button" onClick={() => setAngle(angle + 90)}>
                {t(w.turn)}
              </button>
              <button type="button" className="button" aria-pressed={large} onClick={() => setLarge(!large)}>
                {t(large ? w.fit : w.larger)}
              </button>
            </>
          )}
          <a className="button" href={address} target="_blank" rel="noreferrer">
            {t(w.own)}
          </a>
        </div>
      </div>
    </Dialog>
  );
}
