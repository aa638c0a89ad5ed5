import { z } from "zod";
import { type Letter, type PrintedCode, renderLetter } from "../documents/pdf/index.ts";
import { standingCode } from "../documents/verify.ts";
import { type Day, formatDay } from "../kernel/day.ts";
import { derivedId, type Id } from "../kernel/ids.ts";
import { maskName } from "../kernel/mask.ts";
import { capitals, formatYuan } from "../kernel/money.ts";
import { isRefusal, type Refusal, refuse } from "../kernel/refusal.ts";
import { type AppContext, defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zId } from "../kernel/schemas.ts";
import { type Lang, say, type Text } from "../kernel/words.ts";
import { casePage } from "../procedures/pages.ts";
import { printCase } from "./print.ts";

/** The papers of a case that people take away: what was asked, that it was received, what was decided. */

type Page = Exclude<Awaited<ReturnType<typeof casePage>>, Refusal>;

const routes = {
  printCase: defineRoute({
    method: "GET",
    url: "/cases/:id/print",
    tag: "cases",
    summary: {
      zh: "打印：申请表（form）、受理通知单（acceptance）、决定书（decision），PDF",
      en: "Print: application form (form), acceptance note (acceptance), decision letter (decision), as PDF",
    },
    params: z.object({ id: zId<"case">() }),
    query: z.object({ paper: z.enum(["form", "acceptance", "decision"]).default("form") }),
    response: z.string(),
    perMinute: 60,
  }),
};

export const handlers: readonly Handled[] = [
  handle(routes.printCase, async ({ ctx, session, params, query, today, lang }) => {
    const { paper } = query;
    const file = (bytes: Uint8Array, number: string) => {
      const fileName = `${say(titles[paper], lang)} ${number}.pdf`;
      return { file: bytes, mediaType: "application/pdf", fileName, inline: true };
    };
    if (paper === "form") {
      const form = await printCase(ctx, session, params.id, today, lang);
      return isRefusal(form) ? form : file(form.bytes, form.number);
    }
    const page = await casePage(ctx.engine, params.id, session, today, lang);
    if (isRefusal(page)) return page;
    const printed = await letters[paper](ctx, page, today, lang);
    return isRefusal(printed) ? printed : file(printed, page.case.number);
  }),
];

const titles = {
  form: { zh: "申请表", en: "Application form" },
  acceptance: { zh: "受理通知单", en: "Acceptance note" },
  decision: { zh: "决定书", en: "Decision" },
} as const satisfies Record<string, Text>;

type Print = (ctx: AppContext, page: Page, today: Day, lang: Lang) => Promise<Uint8Array | Refusal>;

const letters: Record<"acceptance" | "decision", Print> = {
  async acceptance(ctx, page, today, lang) {
    const { case: theCase, turn } = page;
    const zh = lang === "zh";
    const service = say(theCase.serviceTitle, lang);
    const until = turn.dueOn === null ? "" : formatDay(turn.dueOn, lang);
    const paragraphs = zh
      ? [
          `您于${formatDay(theCase.openedOn, "zh")}提出的「${service}」申请已收到，编号 ${theCase.number}。`,
          turn.sentence,
          "查询进度：登录职家，打开「我的办件」；也可凭编号向所在工会询问。",
        ]
      : [
          `Your application “${service}” of ${formatDay(theCase.openedOn, "en")} was received under the number ${theCase.number}.`,
          turn.sentence,
          "To see how it stands, sign in to Zhijia and open “My cases”, or ask your union with this number.",
        ];
    const counting = theCase.files.filter(({ replacedOn }) => replacedOn === null);
    return letter(ctx, page, today, lang, "acceptance", {
      title: zh ? `${service}受理通知单` : `${service}: acceptance note`,
      paragraphs,
      facts: [
        [zh ? "收到材料" : "Papers received", String(counting.length)],
        ...(until === "" ? [] : [[zh ? "办理期限" : "Answer by", until] as const]),
      ],
      signer: theCase.unitName,
      day: theCase.openedOn,
    });
  },

  async decision(ctx, page, today, lang) {
    const { case: theCase, timeline } = page;
    const zh = lang === "zh";
    const step = ctx.engine.catalogue.services.get(theCase.service)?.steps[theCase.step];
    const decided = timeline.findLast((one) => one.byUnitName !== null && decisions.has(one.name));
    const open = theCase.state === "open";
    if (!decided || (open && step !== undefined && "approve" in step.may)) {
      return refuse("not-offered", { offered: ["form", "acceptance"] });
    }
    const service = say(theCase.serviceTitle, lang);
    const good = decided.name === "approve" || decided.name === "keep";
    const amount = theCase.amountFen === null || !good ? null : BigInt(theCase.amountFen);
    const day = formatDay(decided.onDay, lang);
    const paragraphs = zh
      ? [
          `您的「${service}」申请（编号 ${theCase.number}），经审核，已于${day}作出决定：${say(decided.title, "zh")}。`,
          ...(decided.note ? [`意见：${decided.note}`] : []),
          ...(good ? [] : ["不服本决定的，可以自收到之日起向上一级工会申请复核。"]),
        ]
      : [
          `Your application “${service}” (${theCase.number}) was decided on ${day}: ${say(decided.title, "en")}.`,
          ...(decided.note ? [`Opinion: ${decided.note}`] : []),
          ...(good ? [] : ["If you do not agree, you may ask the union above to review this decision."]),
        ];
    return letter(ctx, page, today, lang, "decision", {
      redHead: decided.byUnitName ?? theCase.unitName,
      number: theCase.number,
      title: zh ? `关于${service}申请的决定` : `Decision on “${service}”`,
      paragraphs,
      facts:
        amount === null
          ? []
          : [
              [
                zh ? "金额" : "Amount",
                zh ? `${formatYuan(amount)}（${capitals(amount)}）` : formatYuan(amount),
              ],
            ],
      signer: decided.byUnitName ?? theCase.unitName,
      day: decided.onDay,
    });
  },
};

/** Actions by which a union decides. */
const decisions: ReadonlySet<string> = new Set(["approve", "reject", "refuse", "exit", "keep", "cancel"]);

async function letter(
  ctx: AppContext,
  page: Page,
  today: Day,
  lang: Lang,
  paper: "acceptance" | "decision",
  words: Pick<Letter, "redHead" | "number" | "title" | "paragraphs" | "facts" | "signer"> & {
    readonly day: Day;
  },
): Promise<Uint8Array> {
  const { case: theCase } = page;
  const subject = derivedId<"letter">("letter", theCase.id, paper, words.day) as Id<string>;
  const code = await ctx.db.system((tx) =>
    standingCode(tx, {
      kind: "letter",
      district: theCase.district,
      subject,
      // What any stranger may read: the name is masked, what it is about is not said beyond the service.
      facts: [
        { label: { zh: "文书", en: "Document" }, value: `${theCase.serviceTitle.zh} · ${titles[paper].zh}` },
        { label: { zh: "编号", en: "Number" }, value: theCase.number },
        { label: { zh: "当事人", en: "Person" }, value: maskName(theCase.applicantName) },
        { label: { zh: "出具单位", en: "Issued by" }, value: words.signer ?? theCase.unitName },
        { label: { zh: "日期", en: "Day" }, value: words.day },
      ],
      today,
    }),
  );
  const printed: PrintedCode = { code, url: `${ctx.config.origin}/p/verify/${code}` };
  const to = lang === "zh" ? `${theCase.applicantName}同志：` : `To ${theCase.applicantName}`;
  return renderLetter({ ...words, lang, to, day: formatDay(words.day, lang), code: printed });
}
