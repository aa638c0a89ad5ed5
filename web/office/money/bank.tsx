import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { addressOf, type Problem, sentenceOf, upload } from "../../shared/api.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { useForget } from "../../shared/query.tsx";
import { Failed, Note } from "../../shared/ui.tsx";
import { useSay } from "../parts/said.tsx";
import type { BatchAnswer } from "./types.ts";

const w = words({
  file: { zh: "下载银行文件", en: "Download the bank file" },
  fileNote: {
    zh: "含完整卡号，下载会记录。",
    en: "It holds full card numbers; each download is written down.",
  },
  columns: {
    zh: "回盘要有「业务参考号」「金额」「处理结果」三列；没付成的写明原因。",
    en: "The result has the columns 业务参考号 (reference), 金额 (amount) and 处理结果 – either 成功 or 失败 with the reason.",
  },
  result: { zh: "载入银行回盘", en: "Load the bank’s result" },
  loading: { zh: "正在载入…", en: "Loading…" },
  loaded: { zh: "回盘已载入", en: "The result is loaded" },
  repeated: {
    zh: "这份回盘已经载入过，没有重复记账。",
    en: "This file was loaded before; nothing was booked twice.",
  },
  outcome: {
    zh: "到账 {paid} 笔，失败 {failed} 笔，退回 {refunded} 笔，此前已记 {already} 笔。逐笔结果在明细里。",
    en: "{paid} paid, {failed} failed, {refunded} sent back, {already} booked before. Each line’s result stands in the list.",
  },
});

/** The file for the bank, for those whose post may see full card numbers. */
export function BankFile({ page }: { readonly page: BatchAnswer }): ReactNode {
  const { t } = useLang();
  return (
    <p>
      <a className="button" href={addressOf("/batches/:id/bank-file", { id: page.batch.id })} download>
        <Icon name="paper" />
        {t(w.file)}
      </a>{" "}
      <span className="muted small">{t(w.fileNote)}</span>
    </p>
  );
}

type ResultAnswer = BatchAnswer & {
  readonly result: {
    readonly repeated: boolean;
    readonly paid: number;
    readonly failed: number;
    readonly refunded: number;
    readonly already: number;
  };
};

/** Takes the bank's answer and shows what each of its lines did. */
export function LoadResult({ page }: { readonly page: BatchAnswer }): ReactNode {
  const { lang, t } = useLang();
  const say = useSay();
  const client = useQueryClient();
  const forget = useForget();
  const load = useMutation<ResultAnswer, Problem, File>({
    mutationFn: (file) => {
      const form = new FormData();
      form.append("file", file, file.name);
      return upload(`/batches/${page.batch.id}/result-file`, form);
    },
    onSuccess: async (after) => {
      client.setQueryData([addressOf("/batches/:id", { id: page.batch.id })], after);
      say(t(w.loaded));
      await forget("/api/batches", "/api/inbox", "/api/funds", "/api/grants", "/api/cases", "/api/vouchers");
    },
    onError: (error) => say(sentenceOf(error, lang), "bad"),
  });
  const result = load.data?.result;
  return (
    <div style={{ marginTop: page.mayGetBankFile ? 14 : 0 }}>
      <label className="button">
        <Icon name="plus" />
        {t(w.result)}
        <input
          type="file"
          className="only-read"
          accept=".csv,.txt,.xlsx"
          disabled={load.isPending}
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            if (file) load.mutate(file);
            event.target.value = "";
          }}
        />
      </label>
      <p className="muted small">{t(w.columns)}</p>
      {load.isPending && <Note>{t(w.loading)}</Note>}
      {load.error && <Failed error={load.error} />}
      {result && (
        <Note kind={result.failed + result.refunded > 0 ? "warn" : "good"}>
          {result.repeated
            ? t(w.repeated)
            : t(w.outcome, {
                paid: result.paid,
                failed: result.failed,
                refunded: result.refunded,
                already: result.already,
              })}
        </Note>
      )}
    </div>
  );
}
