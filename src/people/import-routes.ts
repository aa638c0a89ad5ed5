import { createHash } from "node:crypto";
import { z } from "zod";
import { enqueue } from "../jobs/index.ts";
import { type Id, parseId } from "../kernel/ids.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import {
  type AppContext,
  defineRoute,
  type Handled,
  handle,
  type RequestContext,
  type Session,
} from "../kernel/route.ts";
import { zId } from "../kernel/schemas.ts";
import { firstUpload } from "../kernel/upload.ts";
import {
  covers,
  findUnit,
  findUnitByCode,
  type Power,
  type Scope,
  scopeOf,
  scopeOfAny,
  type Unit,
} from "../units/index.ts";
import { checked, lineOf, pageOf, planOf } from "./import-page.ts";
import { zImport, zImportPage } from "./import-schemas.ts";
import { takeBackEntries } from "./import-undo.ts";
import { parsePurpose } from "./looks.ts";
import { exportRoster, rosterTemplate } from "./roster/export.ts";
import {
  createImport,
  fileOf,
  type ImportRow,
  importOf,
  keepFile,
  listImports,
  startRun,
  takeRun,
} from "./roster/import-store.ts";
import { kindOf } from "./roster/kinds.ts";
import type { MappingChange } from "./roster/prepare.ts";
import { reportOf } from "./roster/report.ts";
import { lookerOf } from "./route-words.ts";
import { unitNamesOf } from "./store.ts";

const zFlag = z.enum(["true", "false", "1", "0", ""]).optional();
const on = (flag: string | undefined): boolean => flag === "true" || flag === "1";

const importRoutes = {
  createImport: defineRoute({
    method: "POST",
    url: "/imports",
    tag: "people",
    status: 201,
    multipart: true,
    summary: {
      zh: "上传名册（hold=true 先核对列）",
      en: "Upload a roster (hold=true to check its columns first)",
    },
    body: z.object({
      unit: z.string().max(60),
      kind: z.string().max(20).default("roster"),
      dryRun: zFlag,
      hold: zFlag,
      run: zFlag,
    }),
    response: zImportPage,
  }),
  listImports: defineRoute({
    method: "GET",
    url: "/imports",
    tag: "people",
    summary: { zh: "导入记录", en: "Imports" },
    response: z.object({ items: z.array(zImport), next: z.null() }),
  }),
  importPage: defineRoute({
    method: "GET",
    url: "/imports/:id",
    tag: "people",
    summary: { zh: "一次导入：列、进度、结果", en: "One import: columns, progress, outcome" },
    params: z.object({ id: zId<"import">() }),
    response: zImportPage,
  }),
  runImport: defineRoute({
    method: "POST",
    url: "/imports/:id/run",
    tag: "people",
    status: 202,
    summary: { zh: "开始导入或试跑", en: "Run an import, or rehearse it" },
    params: z.object({ id: zId<"import">() }),
    body: z.object({
      dryRun: z.boolean().default(false),
      mapping: z
        .array(
          z.object({
            sheet: z.string().max(200).optional(),
            column: z.union([z.string().regex(/^[A-Z]{1,3}$/), z.int().min(0).max(255)]),
            field: z.string().max(40).nullable(),
          }),
        )
        .max(2000)
        .optional(),
    }),
    response: zImportPage,
  }),
  takeBackImport: defineRoute({
    method: "POST",
    url: "/imports/:id/take-back",
    tag: "people",
    power: "member.decide",
    summary: {
      zh: "撤回一次导入里还没有人答复的登记，一次至多一百人",
      en: "Take back an import’s entries that nobody has answered, a hundred at a time",
    },
    params: z.object({ id: zId<"import">() }),
    body: z.object({ note: z.string().trim().max(500) }),
    response: z.object({ takenBack: z.int(), left: z.int() }),
  }),
  importReport: defineRoute({
    method: "GET",
    url: "/imports/:id/report",
    tag: "people",
    summary: { zh: "同一份表格，附原因和建议", en: "The same sheet, with reasons and proposed fixes" },
    params: z.object({ id: zId<"import">() }),
    response: z.unknown(),
  }),
  exportRoster: defineRoute({
    method: "GET",
    url: "/rosters/export",
    tag: "people",
    power: "roster.read",
    perMinute: 20,
    summary: {
      zh: "导出名册（默认打码；写明用途才给完整号码）",
      en: "Export the roster, masked unless a purpose is given",
    },
    query: z.object({ unit: zId<"unit">(), purpose: z.string().max(400).optional() }),
    response: z.unknown(),
  }),
  rosterTemplate: defineRoute({
    method: "GET",
    url: "/rosters/template",
    tag: "people",
    summary: { zh: "空白名册模板", en: "A blank roster" },
    response: z.unknown(),
  }),
};

const workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const powers: readonly Power[] = ["roster.write", "unit.write", "aid.verify"];

type Asked = RequestContext<Session>;

/** Where the caller may see imports at all. */
function importScope({ session, today }: Asked): Or<Scope> {
  return scopeOfAny(session.actor, powers, today);
}

async function mine(request: Asked, id: Id<"import">): Promise<Or<ImportRow>> {
  const scope = importScope(request);
  if (isRefusal(scope)) return scope;
  const row = await request.ctx.db.systemRead((tx) => importOf(tx, scope, id));
  if (!row) return refuse("not-found");
  const kind = kindOf(request.ctx, row.kind);
  const own = kind ? scopeOf(request.session.actor, kind.power, request.today) : scope;
  return isRefusal(own) || !covers(own, row.path) ? refuse("not-found") : row;
}

export const importHandlers: readonly Handled[] = [
  handle(importRoutes.createImport, async (request) => {
    const { ctx, session, body, uploads, today, now, lang } = request;
    const kind = kindOf(ctx, body.kind);
    if (!kind) return refuse("import-kind", { kind: body.kind }, { at: "/kind" });
    const scope = scopeOf(session.actor, kind.power, today);
    if (isRefusal(scope)) return scope;
    const unit = await unitOf(ctx, session, scope, body.unit);
    if (isRefusal(unit)) return refuse("not-found", {}, { at: "/unit" });
    const upload = await firstUpload(uploads);
    if (!upload) return refuse("import-no-file", {}, { at: "/file" });
    const opened = await checked(upload.content, kind.mapped);
    if (isRefusal(opened)) return opened;
    const held = on(body.hold) || body.run === "false";
    const dryRun = on(body.dryRun);
    const row = await ctx.db.system(async (tx) => {
      const made = await createImport(tx, {
        unit,
        kind: body.kind,
        fileName: upload.fileName,
        fileHash: createHash("sha256").update(upload.content).digest(),
        bytes: upload.content.length,
        state: held ? "read" : "running",
        dryRun,
        by: session.person,
        at: now,
      });
      await keepFile(tx, ctx.ring, made, upload.content);
      if (!held) await enqueue(tx, "import.run", { import: made.id }, { key: made.id, queue: "imports" });
      return made;
    });
    return pageOf(ctx, row, lang, upload.content);
  }),

  handle(importRoutes.listImports, async (request) => {
    const scope = importScope(request);
    if (isRefusal(scope)) return scope;
    const { rows, names } = await request.ctx.db.systemRead(async (tx) => {
      const rows = await listImports(tx, scope, 100);
      const units = rows.map(({ unitId }) => unitId);
      return { rows, names: await unitNamesOf(tx, units) };
    });
    const items = rows.map((row) => lineOf(row, names.get(row.unitId) ?? null, request.lang));
    return { items, next: null };
  }),

  handle(importRoutes.importPage, async (request) => {
    const row = await mine(request, request.params.id);
    return isRefusal(row) ? row : pageOf(request.ctx, row, request.lang);
  }),

  handle(importRoutes.runImport, async (request) => {
    const { ctx, body, lang } = request;
    const row = await mine(request, request.params.id);
    if (isRefusal(row)) return row;
    if (row.state === "running") return refuse("import-running");
    const mapping = body.mapping?.map(
      (one): MappingChange => ({
        column: typeof one.column === "number" ? one.column : columnOf(one.column),
        field: one.field,
        ...(one.sheet !== undefined && { sheet: one.sheet }),
      }),
    );
    const source = await ctx.db.systemRead((tx) => fileOf(tx, ctx.ring, row));
    if (source.length === 0) return refuse("import-no-file");
    if (kindOf(ctx, row.kind)?.mapped) {
      const planned = await planOf(source, mapping ?? row.mapping ?? []);
      if (isRefusal(planned)) return planned;
    }
    const resumes = row.state === "failed" && !row.dryRun && !body.dryRun && row.position > 0;
    const started = await ctx.db.system(async (tx) => {
      if (!(await takeRun(tx, row))) return refuse("import-running");
      const run = await startRun(tx, row, {
        dryRun: body.dryRun,
        mapping: mapping ?? null,
        fresh: !resumes,
      });
      await enqueue(tx, "import.run", { import: row.id }, { key: row.id, queue: "imports" });
      return run;
    });
    return isRefusal(started) ? started : pageOf(ctx, started, lang, source);
  }),

  handle(importRoutes.takeBackImport, async (request) => {
    const { ctx, session, body, now, today } = request;
    const row = await mine(request, request.params.id);
    if (isRefusal(row)) return row;
    if (row.state === "running") return refuse("import-running");
    if (body.note === "") return refuse("reason-needed", {}, { at: "/note" });
    return takeBackEntries(ctx.db, session, row, body.note, now, today);
  }),

  handle(importRoutes.importReport, async (request) => {
    const { ctx, lang } = request;
    const row = await mine(request, request.params.id);
    if (isRefusal(row)) return row;
    // The sheet holds numbers in clear: it goes back to who brought it, else to who may reveal them there.
    if (row.byPerson !== request.session.person) {
      const reveals = scopeOf(request.session.actor, "roster.reveal", request.today);
      if (isRefusal(reveals) || !covers(reveals, row.path)) return refuse("not-yours");
    }
    const source = await ctx.db.systemRead((tx) => fileOf(tx, ctx.ring, row));
    if (source.length === 0) return refuse("not-found");
    const report = await reportOf(ctx.db, row, source, lang);
    if (isRefusal(report)) return report;
    const name = row.fileName.replace(/\.\w+$/, "");
    return {
      file: report,
      mediaType: workbook,
      fileName: `${name}-${lang === "zh" ? "导入结果" : "outcome"}.xlsx`,
    };
  }),

  handle(importRoutes.exportRoster, async ({ ctx, session, query, today, now, lang }) => {
    const scope = scopeOf(
      session.actor,
      query.purpose === undefined ? "roster.read" : "roster.reveal",
      today,
    );
    if (isRefusal(scope)) return scope;
    const unit = await ctx.db.read(session.viewer, (tx) => findUnit(tx, scope, query.unit));
    if (isRefusal(unit)) return unit;
    const purpose = query.purpose === undefined ? undefined : parsePurpose(query.purpose);
    if (isRefusal(purpose)) return purpose;
    const clear =
      purpose === undefined
        ? undefined
        : { purpose, by: lookerOf(session, unit.path, today), at: now, day: today };
    const file = exportRoster(ctx.db, ctx.ring, { under: unit.path, lang, ...(clear && { clear }) });
    return {
      file,
      mediaType: workbook,
      fileName: `${unit.name}-${lang === "zh" ? "会员名册" : "roster"}-${today}.xlsx`,
    };
  }),

  handle(importRoutes.rosterTemplate, async ({ lang }) => ({
    file: rosterTemplate(lang),
    mediaType: workbook,
    fileName: lang === "zh" ? "会员名册模板.xlsx" : "roster-template.xlsx",
  })),
];

async function unitOf(ctx: AppContext, session: Session, scope: Scope, said: string): Promise<Or<Unit>> {
  const id = parseId<"unit">(said);
  return ctx.db.read(session.viewer, (tx) =>
    isRefusal(id) ? findUnitByCode(tx, scope, said.trim().toUpperCase()) : findUnit(tx, scope, id),
  );
}

function columnOf(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
