import { type ReactNode, useRef, useState } from "react";
import { sentenceOf } from "../api.ts";
import { size } from "../format.ts";
import { Icon } from "../icons.tsx";
import { useLang, words } from "../lang.tsx";
import { handIn, remembered } from "../papers.ts";
import type { Paper } from "../types.ts";
import { Note } from "../ui.tsx";
import { type Control, useForm } from "./field.tsx";
import { PaperPicture } from "./paper-picture.tsx";

const w = words({
  choose: { zh: "拍照或选文件", en: "Take a photo or choose a file" },
  chooseFor: { zh: "{paper}：拍照或选文件", en: "{paper}: take a photo or choose a file" },
  remove: { zh: "删除", en: "Remove" },
  removeOne: { zh: "删除 {file}", en: "Remove {file}" },
  open: { zh: "查看 {file}", en: "View {file}" },
  paper: { zh: "材料", en: "Papers" },
  other: { zh: "其他材料", en: "Other papers" },
  sending: { zh: "正在上传 {file}", en: "Sending {file}" },
});

interface Sending {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly share: number;
}

let sendings = 0;
/** For papers no rule names. */
const anyKind = "other";

/** Papers by kind: a picture of what is meant, what was handed in, and a way to hand in more. */
export function PapersInput({ field, value, onChange }: Control): ReactNode {
  const { lang, t } = useLang();
  const form = useForm();
  const [held, setHeld] = useState<readonly Paper[]>(() =>
    (Array.isArray(value) ? (value as readonly string[]) : []).map(
      (id) => remembered(id) ?? { id, kind: "", fileName: "", bytes: 0, mediaType: "image/jpeg" },
    ),
  );
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const labels = form.paperLabels ?? {};
  const mineOf = (kind: string): readonly Paper[] => held.filter((paper) => paper.kind === kind);
  const accepted = field.accept ?? Object.keys(labels);
  // Papers that this household does not need are left out, unless one was handed in all the same.
  const kinds = accepted.filter((kind) => labels[kind]?.needed !== false || mineOf(kind).length > 0);
  if (kinds.length === 0 || held.some(({ kind }) => !kinds.includes(kind))) kinds.push(anyKind);
  // Photos are still on their way when the next one is chosen; each is added to what is held by then.
  const latest = useRef(held);
  const set = (next: readonly Paper[]): void => {
    latest.current = next;
    setHeld(next);
    onChange(next.length > 0 ? next.map(({ id }) => id) : undefined);
  };
  const send = async (kind: string, files: readonly File[]): Promise<void> => {
    setFault(undefined);
    for (const file of files) {
      const id = ++sendings;
      setSending((all) => [...all, { id, kind, name: file.name, share: 0 }]);
      try {
        const paper = await handIn(file, kind, {
          caseId: form.caseId,
          onProgress: (share) =>
            setSending((all) => all.map((one) => (one.id === id ? { ...one, share } : one))),
        });
        set([...latest.current, { ...paper, kind }]);
      } catch (error) {
        setFault(sentenceOf(error, lang));
      } finally {
        setSending((all) => all.filter((one) => one.id !== id));
      }
    }
  };
  return (
    <div className="stack" style={{ marginTop: 16 }}>
      {fault && (
        <Note kind="bad" alert>
          {fault}
        </Note>
      )}
      <div className="rows">
        {kinds.map((kind) => {
          const known = form.paperLabels?.[kind];
          const label = known?.label ?? t(kind === anyKind ? w.other : w.paper);
          const mine =
            kind === anyKind ? held.filter((paper) => !accepted.includes(paper.kind)) : mineOf(kind);
          return (
            <div className="paper-kind" key={kind}>
              <PaperPicture kind={kind} />
              <div>
                <p className="strong">{label}</p>
                {known?.when && <p className="soft">{known.when}</p>}
                <span className="button paper-button">
                  <Icon name="camera" />
                  {t(w.choose)}
                  <input
                    type="file"
                    multiple
                    accept="image/*,application/pdf"
                    aria-label={t(w.chooseFor, { paper: label })}
                    onChange={(event) => {
                      const files = [...(event.target.files ?? [])];
                      event.target.value = "";
                      void send(kind, files);
                    }}
                  />
                </span>
              </div>
              {(mine.length > 0 || sending.some((one) => one.kind === kind)) && (
                <div className="thumbs wide">
                  {mine.map((paper) => (
                    <Thumb
                      key={paper.id}
                      paper={paper}
                      onRemove={() => set(latest.current.filter(({ id }) => id !== paper.id))}
                    />
                  ))}
                  {sending
                    .filter((one) => one.kind === kind)
                    .map((one) => (
                      <div className="thumb" key={one.id}>
                        <span className="view">
                          <Icon name="paper" large />
                        </span>
                        <progress value={one.share} aria-label={t(w.sending, { file: one.name })} />
                      </div>
                    ))}
                </div>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Thumb({ paper, onRemove }: { readonly paper: Paper; readonly onRemove: () => void }): ReactNode {
  const { t } = useLang();
  const { unlooked = false } = useForm();
  const [broken, setBroken] = useState(unlooked || !paper.mediaType.startsWith("image/"));
  const file = paper.fileName || t(w.paper);
  return (
    <div className="thumb">
      <a
        className="view"
        href={`/api/papers/${paper.id}`}
        target="_blank"
        rel="noreferrer"
        aria-label={t(w.open, { file })}
      >
        {broken ? (
          <span style={{ textAlign: "center" }} aria-hidden="true">
            <Icon name="paper" large />
            {paper.bytes > 0 && <span style={{ display: "block" }}>{size(paper.bytes)}</span>}
          </span>
        ) : (
          <img src={`/api/papers/${paper.id}`} alt="" onError={() => setBroken(true)} />
        )}
      </a>
      {unlooked && (
        <span className="named" title={file}>
          {file}
        </span>
      )}
      <button type="button" className="off" aria-label={t(w.removeOne, { file })} onClick={onRemove}>
        {t(w.remove)}
      </button>
    </div>
  );
}
