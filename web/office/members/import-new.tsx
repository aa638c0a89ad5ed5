import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useId, useState } from "react";
import { addressOf, type Problem, upload } from "../../shared/api.ts";
import { size } from "../../shared/format.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { Failed, Note } from "../../shared/ui.tsx";
import { can, unitWith, useOfficer } from "../parts/me.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { UnitBox } from "../parts/pick-unit.tsx";
import { useView } from "../parts/view.ts";
import type { ImportAnswer } from "./import-types.ts";
import "./import.css";

const w = words({
  title: { zh: "导入表格", en: "Import a sheet" },
  imports: { zh: "导入记录", en: "Imports" },
  what: { zh: "导入什么", en: "What it holds" },
  roster: { zh: "会员名册", en: "A roster of members" },
  units: { zh: "下级组织", en: "Unions below" },
  register: { zh: "低收入人口登记（民政）", en: "The civil-affairs low-income register" },
  where: { zh: "导入到哪个工会", en: "Into which union" },
  drop: { zh: "把表格拖到这里", en: "Drag the sheet here" },
  or: { zh: "或者选一个文件", en: "or choose a file" },
  several: {
    zh: "一次导入一个文件，请一个一个拖进来。",
    en: "One file at a time: drag them in one after the other.",
  },
  kinds: {
    zh: "xlsx 或 CSV，20 MB 以内。标题行、合并表头、列的顺序和名称都不用改。",
    en: "xlsx or CSV, up to 20 MB. Title rows, merged heads, the order and names of columns may stay as they are.",
  },
  sending: { zh: "正在读 {file}（已传 {share}%）", en: "Reading {file} ({share}% sent)" },
  template: { zh: "下载空白模板", en: "Download a blank template" },
  next: {
    zh: "下一步会先让您核对列，核对后才导入。",
    en: "Next you check the columns; nothing is loaded before that.",
  },
});

/** First step of an import: the file. Nothing is loaded yet. */
export function ImportNew(): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const navigate = useNavigate();
  const id = useId();
  const [view, change] = useView();
  const kind = view.kind ?? "roster";
  const unit = view.unit ?? unitWith(me, kind === "units" ? "unit.write" : "roster.write");
  const [over, setOver] = useState(false);
  const [several, setSeveral] = useState(false);
  const [share, setShare] = useState(0);
  const send = useMutation<ImportAnswer, Problem, File>({
    mutationFn: (file) => {
      const form = new FormData();
      form.append("unit", unit ?? "");
      form.append("kind", kind);
      form.append("hold", "true");
      form.append("file", file, file.name);
      return upload("/imports", form, setShare);
    },
    onSuccess: (made) => void navigate({ to: "/imports/$id", params: { id: made.id }, search: {} }),
  });
  const { mutate, isPending } = send;
  // Wherever on the page a sheet is let go, it is taken: beside the zone the browser would open it instead.
  useEffect(() => {
    const drag = (event: DragEvent): void => {
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setOver(false);
      const [file, another] = event.dataTransfer?.files ?? [];
      setSeveral(another !== undefined);
      if (file && !another && !isPending) mutate(file);
    };
    addEventListener("dragover", drag);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", drag);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, [mutate, isPending]);
  const kinds = [
    ...(can(me, "roster.write") ? ["roster" as const] : []),
    ...(can(me, "unit.write") ? ["units" as const] : []),
    ...(can(me, "aid.verify") ? ["register" as const] : []),
  ];
  return (
    <div className="page narrow">
      <Crumbs of={[{ title: t(w.imports), to: "/imports" }]} />
      <PageHead title={t(w.title)} />
      <div className="panel">
        <div className="form">
          <fieldset className="field">
            <legend>{t(w.what)}</legend>
            <div className="choices" style={{ display: "flex", flexWrap: "wrap" }}>
              {kinds.map((one) => (
                <label className="choice" key={one}>
                  <input
                    type="radio"
                    name={id}
                    checked={kind === one}
                    onChange={() => change({ kind: one })}
                  />
                  {t(w[one])}
                </label>
              ))}
            </div>
          </fieldset>
          <div className="field">
            <span className="label">{t(w.where)}</span>
            <UnitBox label={t(w.where)} value={unit} onChange={(next) => change({ unit: next })} />
          </div>
          {send.error && <Failed error={send.error} />}
          {several && <Note kind="warn">{t(w.several)}</Note>}
          <div className={over ? "drop-zone over" : "drop-zone"}>
            <Icon name="paper" large />
            {send.isPending ? (
              <p role="status">
                {t(w.sending, {
                  file: `${send.variables?.name} (${size(send.variables?.size ?? 0)})`,
                  share: Math.round(share * 100),
                })}
              </p>
            ) : (
              <>
                <p>
                  <b>{t(w.drop)}</b>
                </p>
                <label className="button primary">
                  {t(w.or)}
                  <input
                    type="file"
                    className="only-read"
                    accept=".xlsx,.csv,.txt,.xls"
                    onChange={(event) => {
                      const [file] = event.target.files ?? [];
                      if (file) send.mutate(file);
                      event.target.value = "";
                    }}
                  />
                </label>
              </>
            )}
            <p className="muted small">{t(w.kinds)}</p>
          </div>
          <p className="muted">
            {t(w.next)}{" "}
            {kind === "roster" && (
              <a href={addressOf("/rosters/template")} download>
                {t(w.template)}
              </a>
            )}
          </p>
        </div>
      </div>
    </div>
  );
}
