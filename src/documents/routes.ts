import { z } from "zod";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle, type Session } from "../kernel/route.ts";
import { zId } from "../kernel/schemas.ts";
import { logLook } from "../people/looks.ts";
import { findFace } from "../people/sign-in/face.ts";
import { contentOf, lineOf, uploadPaper } from "./papers/papers.ts";
import { deletePaper, findPaper, type Paper } from "./papers/store.ts";

const PaperLine = z.object({
  id: zId<"paper">(),
  kind: z.string(),
  fileName: z.string(),
  bytes: z.int(),
  mediaType: z.string(),
});

const routes = {
  uploadPaper: defineRoute({
    method: "POST",
    url: "/papers",
    tag: "papers",
    summary: {
      zh: "上传一份材料（照片、PDF、xlsx、docx，最大 20 MB），答复的 id 用在申请里；7 天未用自动删除",
      en: "Upload a paper (photo, PDF, xlsx, docx, up to 20 MB); applications refer to the id; unused ones go after 7 days",
    },
    multipart: true,
    perMinute: 120,
    body: z.object({
      kind: z
        .string()
        .regex(/^[A-Za-z][\w.-]{0,60}$/)
        .default("other"),
      /** Made by the client, so that sending again after a lost answer is harmless. */
      id: zId<"paper">().optional(),
    }),
    response: PaperLine,
    status: 201,
  }),
  getPaper: defineRoute({
    method: "GET",
    url: "/papers/:id",
    tag: "papers",
    summary: {
      zh: "查看材料；干部的每次查看本人都能看到",
      en: "Open a paper; its person can see each time an officer did",
    },
    params: z.object({ id: zId<"paper">() }),
    response: z.string(),
  }),
  deletePaper: defineRoute({
    method: "DELETE",
    url: "/papers/:id",
    tag: "papers",
    summary: { zh: "删除自己上传、还没有使用的材料", en: "Delete a paper of one's own that is not used yet" },
    params: z.object({ id: zId<"paper">() }),
    response: z.null().optional(),
    status: 204,
  }),
};

export const handlers: readonly Handled[] = [
  handle(routes.uploadPaper, async ({ ctx, session, body, uploads }) => {
    for await (const upload of uploads) {
      const pieces: Uint8Array[] = [];
      for await (const piece of upload.content) pieces.push(piece);
      const content = Buffer.concat(pieces);
      return ctx.db.system(async (tx) =>
        uploadPaper(tx, ctx.ring, {
          id: body.id,
          district: session.district,
          path: session.viewer.roots[0] ?? (await findFace(tx, session)).unit?.path ?? "cn",
          owner: session.person,
          kind: body.kind,
          fileName: upload.fileName,
          content,
          byPerson: session.person,
          now: ctx.clock.now(),
        }),
      );
    }
    return refuse("paper-no-file", {}, { at: "/file" });
  }),
  handle(routes.getPaper, async ({ ctx, session, params, today, now }) => {
    const paper = await ctx.db.systemRead((tx) => findPaper(tx, params.id));
    if (!paper) return refuse("not-found");
    if (paper.caseId === null) {
      if (paper.byPerson !== session.person) return refuse("not-found");
    } else {
      const { caseId } = paper;
      const seen = await ctx.db.read(session.viewer, (tx) => ctx.maySeePaper(tx, session, paper, today));
      if (!seen.allowed) return refuse("not-found");
      if (paper.owner !== null && paper.owner !== session.person) {
        const look = {
          ...lookOf(session, paper, paper.owner),
          purpose: seen.purpose ?? "办理",
          caseId,
          at: now,
          onDay: today,
        };
        await ctx.db.system((tx) => logLook(tx, look));
      }
    }
    const line = lineOf(ctx.ring, paper);
    return {
      file: await contentOf(ctx, paper),
      mediaType: line.mediaType,
      fileName: line.fileName,
      inline: true,
    };
  }),
  handle(routes.deletePaper, async ({ ctx, session, params }) => {
    const gone = await ctx.db.system(async (tx) => {
      const paper = await findPaper(tx, params.id);
      if (!paper || paper.byPerson !== session.person) return refuse("not-found");
      if (paper.caseId !== null) return refuse("not-offered", { offered: [] });
      return deletePaper(tx, paper);
    });
    return isRefusal(gone) ? gone : undefined;
  }),
];

function lookOf(session: Session, paper: Paper, owner: Id<"person">) {
  const [post] = session.actor.posts;
  const by = {
    person: session.person,
    name: session.name,
    unit: post?.unitName ?? null,
    role: post?.role ?? null,
  };
  return { district: paper.district, person: owner, by, what: "paper", fields: [paper.kind] };
}
