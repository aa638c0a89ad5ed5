import { newId } from "../../src/kernel/ids.ts";
import type { Kind } from "./matrix-world.ts";

/** A request that names one thing; everything else in it is as it should be. */
export interface Naming {
  readonly kind: Kind;
  readonly url: (id: string, parent: string) => string;
  readonly body?: (id: string) => unknown;
  /** Sent as a form with a small file. */
  readonly file?: boolean;
}

/** What a route shows or changes, so that the matrix knows what to ask of it. */
export interface Classified {
  /** Addresses that answer with what the caller may see: each is read to the last page and looked through. */
  readonly lists?: readonly string[];
  /** Requests that name a thing: one outside must answer as one that does not exist, and change nothing. */
  readonly names?: readonly Naming[];
  /** Why there is nothing to ask beyond "not without signing in": it touches the caller alone, or public things. */
  readonly only?: "self" | "public";
}

const at = (kind: Kind, url: (id: string, parent: string) => string): Naming => ({ kind, url });
const byId = (kind: Kind, before: string, after = ""): Naming => at(kind, (id) => `${before}${id}${after}`);
const write = (
  kind: Kind,
  url: (id: string, parent: string) => string,
  body: (id: string) => unknown,
): Naming => ({
  kind,
  url,
  body,
});
const day = "2026-03-02";
const source = { document: "试用文件", tag: "U" };
const payee = { holder: "某例", card: "6222021234567890128", bankName: "虚构银行", branch: "县城支行" };

/**
 * Every route of the API, by method and address. A route that is missing here fails the matrix: say what it shows or
 * changes when adding one.
 */
export const classified: Readonly<Record<string, Classified>> = {
  "POST /session": { only: "public" },
  "DELETE /session": { only: "self" },
  "GET /session": { only: "public" },
  "POST /session/code": { only: "public" },
  "GET /session/providers": { only: "public" },
  "GET /me": { lists: ["/me"] },
  "PUT /me": { only: "self" },
  "GET /me/sessions": { lists: ["/me/sessions"] },
  "DELETE /me/sessions/:id": {
    names: [
      write(
        "session",
        (id) => `/me/sessions/${id}`,
        () => undefined,
      ),
    ],
  },
  "DELETE /me/sessions": { only: "self" },
  "POST /me/password": { only: "self" },
  "POST /me/totp": { only: "self" },
  "GET /me/looked-at": { lists: ["/me/looked-at"] },
  "GET /me/household": { lists: ["/me/household"] },
  "GET /me/claims": { lists: ["/me/claims"] },
  "POST /me/claims/:id": { only: "self" },
  "GET /me/confirmations": { lists: ["/me/confirmations"] },
  "POST /me/confirmations/:id": { only: "self" },
  "GET /me/card": { lists: ["/me/card"] },
  "PUT /me/facts": { only: "self" },
  "GET /me/cases": { lists: ["/me/cases"] },
  "GET /me/known": { lists: ["/me/known"] },
  "GET /units": {
    lists: ["/units?limit=100", "/units?q=工会", "/units?parent=top"],
    names: [byId("unit", "/units?under="), byId("unit", "/units?parent=")],
  },
  "GET /units/:id/children": { names: [byId("unit", "/units/", "/children")] },
  "GET /units/:id": { names: [byId("unit", "/units/")] },
  "POST /units": {
    names: [
      write(
        "unit",
        () => "/units",
        (id) => ({ id: newId(), parentId: id, name: "拟建工会", level: "GRASSROOTS", regionCode: "990101" }),
      ),
    ],
  },
  "PUT /units/:id": {
    names: [
      write(
        "unit",
        (id) => `/units/${id}`,
        () => ({ version: 1, name: "改名试工会" }),
      ),
    ],
  },
  "POST /units/:id/move": {
    names: [
      write(
        "unit",
        (id) => `/units/${id}/move`,
        () => ({ newParentId: newId(), reason: "试着调整" }),
      ),
    ],
  },
  "POST /units/:id/status": {
    names: [
      write(
        "unit",
        (id) => `/units/${id}/status`,
        () => ({ to: "DISSOLVED", reason: "试着撤销" }),
      ),
    ],
  },
  "GET /regions": { only: "public" },
  "GET /public/units": { only: "public" },
  "GET /public/units/:id": { only: "public" },
  "POST /units/import": {
    names: [{ kind: "unit", url: () => "/units/import", body: (id) => ({ parent: id }), file: true }],
  },
  "POST /posts": {
    names: [
      write(
        "unit",
        () => "/posts",
        (id) => ({ id: newId(), unitId: id, personId: newId(), role: "staff", from: day }),
      ),
    ],
  },
  "POST /posts/:id/end": {
    names: [
      write(
        "post",
        (id) => `/posts/${id}/end`,
        () => ({ on: day, reason: "离任" }),
      ),
    ],
  },
  "GET /officers": { lists: ["/officers?limit=100"], names: [byId("unit", "/officers?unit=")] },
  "GET /roles": { only: "public" },
  "GET /policies": { lists: ["/policies"], names: [byId("unit", "/policies?place=")] },
  "PUT /policies": {
    names: [
      write(
        "unit",
        () => "/policies",
        (id) => ({
          id: newId(),
          key: "aid.notice-days",
          unitId: id,
          value: null,
          from: "2030-01-01",
          source,
        }),
      ),
    ],
  },
  "GET /members": {
    lists: ["/members?limit=100", "/members?q=例", "/members?status=members"],
    names: [byId("unit", "/members?unit=")],
  },
  "POST /members/search": {
    names: [
      write(
        "unit",
        () => "/members/search",
        (id) => ({ q: "例", unit: id }),
      ),
    ],
  },
  "GET /members/confirmations": {
    lists: ["/members/confirmations"],
    names: [byId("unit", "/members/confirmations?unit=")],
  },
  "POST /members/remind": {
    names: [
      write(
        "unit",
        () => "/members/remind",
        (id) => ({ unit: id }),
      ),
    ],
  },
  "GET /members/duplicates": { lists: ["/members/duplicates"] },
  "POST /members/merge": {
    names: [
      write(
        "person",
        () => "/members/merge",
        (id) => ({ id: newId(), keepId: id, mergeId: newId() }),
      ),
      write(
        "person",
        () => "/members/merge",
        (id) => ({ id: newId(), keepId: newId(), mergeId: id }),
      ),
    ],
  },
  "POST /merges/:id/undo": {
    names: [
      write(
        "merge",
        (id) => `/merges/${id}/undo`,
        () => ({}),
      ),
    ],
  },
  "GET /members/:id": { names: [byId("person", "/members/")] },
  "POST /members/:id/reveal": {
    names: [
      write(
        "person",
        (id) => `/members/${id}/reveal`,
        () => ({ fields: ["idNumber"], purpose: "核对身份信息" }),
      ),
    ],
  },
  "POST /members/:id/status": {
    names: [
      write(
        "person",
        (id) => `/members/${id}/status`,
        () => ({ id: newId(), name: "retain", reason: "RETIREMENT" }),
      ),
    ],
  },
  "GET /transfers": {
    lists: [
      "/transfers?limit=1",
      "/transfers?state=ended",
      "/transfers?direction=in",
      "/transfers?waiting=true",
    ],
    names: [byId("unit", "/transfers?unit=")],
  },
  "GET /transfers/:id": { names: [byId("transfer", "/transfers/")] },
  "POST /members/:id/transfer": {
    names: [
      write(
        "person",
        (id) => `/members/${id}/transfer`,
        () => ({ id: newId(), toUnitId: newId() }),
      ),
    ],
  },
  "POST /transfers/:id/:step": {
    names: [
      write(
        "transfer",
        (id) => `/transfers/${id}/release`,
        () => ({}),
      ),
      write(
        "transfer",
        (id) => `/transfers/${id}/accept`,
        () => ({}),
      ),
      write(
        "transfer",
        (id) => `/transfers/${id}/refuse`,
        () => ({ note: "不接收" }),
      ),
    ],
  },
  "POST /imports": {
    names: [
      { kind: "unit", url: () => "/imports", body: (id) => ({ unit: id, kind: "roster" }), file: true },
    ],
  },
  "GET /imports": { lists: ["/imports"] },
  "GET /imports/:id": { names: [byId("import", "/imports/")] },
  "POST /imports/:id/run": {
    names: [
      write(
        "import",
        (id) => `/imports/${id}/run`,
        () => ({}),
      ),
    ],
  },
  "POST /imports/:id/take-back": {
    names: [
      write(
        "import",
        (id) => `/imports/${id}/take-back`,
        () => ({ note: "名册拿错了" }),
      ),
    ],
  },
  "GET /imports/:id/report": { names: [byId("import", "/imports/", "/report")] },
  "GET /rosters/export": {
    names: [
      byId("unit", "/rosters/export?unit="),
      at("unit", (id) => `/rosters/export?unit=${id}&purpose=${encodeURIComponent("核对身份信息")}`),
    ],
  },
  "GET /rosters/template": { only: "public" },
  "GET /messages": { lists: ["/messages?limit=100"] },
  "POST /messages/:id/read": {
    names: [
      write(
        "message",
        (id) => `/messages/${id}/read`,
        () => ({}),
      ),
    ],
  },
  "POST /messages/read-all": { only: "self" },
  "GET /deliveries/failed": { lists: ["/deliveries/failed"] },
  "POST /papers": { only: "self" },
  "GET /papers/:id": { names: [byId("paper", "/papers/")] },
  "DELETE /papers/:id": {
    names: [
      write(
        "paper",
        (id) => `/papers/${id}`,
        () => undefined,
      ),
    ],
  },
  "GET /funds": { lists: ["/funds"], names: [byId("unit", "/funds?unit=")] },
  "GET /funds/:id": { names: [byId("fund", "/funds/")] },
  "POST /funds": {
    names: [
      write(
        "unit",
        () => "/funds",
        (id) => ({
          id: newId(),
          unitId: id,
          source: "union_upper",
          name: "试用资金",
          year: 2026,
          purposes: ["living"],
        }),
      ),
    ],
  },
  "POST /funds/:id/receive": {
    names: [
      write(
        "fund",
        (id) => `/funds/${id}/receive`,
        () => ({ id: newId(), amountFen: 100, on: day, memo: "试拨入" }),
      ),
    ],
  },
  "POST /funds/:id/subsidies/:subsidy/settle": {
    names: [
      write(
        "fund",
        (id) => `/funds/${id}/subsidies/${newId()}/settle`,
        () => ({ on: day }),
      ),
    ],
  },
  "GET /grants": {
    lists: ["/grants?limit=100", "/grants?state=decided", "/grants?state=paid"],
    names: [byId("unit", "/grants?unit="), byId("fund", "/grants?fund=")],
  },
  "GET /batches": { lists: ["/batches?limit=100"], names: [byId("unit", "/batches?unit=")] },
  "POST /batches": {
    names: [
      write(
        "fund",
        () => "/batches",
        (id) => ({ id: newId(), fundId: id, purpose: "living", title: "试批", grantIds: [newId()] }),
      ),
    ],
  },
  "GET /batches/:id": {
    names: [
      byId("batch", "/batches/"),
      byId("batch", "/batches/", "?format=xlsx"),
      byId("batch", "/batches/", "?format=pdf"),
    ],
  },
  "POST /batches/:id/actions": {
    names: [
      write(
        "batch",
        (id) => `/batches/${id}/actions`,
        () => ({ id: newId(), name: "review", answers: {} }),
      ),
      write(
        "batch",
        (id) => `/batches/${id}/actions`,
        () => ({ id: newId(), name: "close", answers: {} }),
      ),
    ],
  },
  "GET /batches/:id/bank-file": { names: [byId("batch", "/batches/", "/bank-file")] },
  "POST /batches/:id/result-file": {
    names: [{ kind: "batch", url: (id) => `/batches/${id}/result-file`, body: () => ({}), file: true }],
  },
  "GET /batches/:id/trial-result": { names: [byId("batch", "/batches/", "/trial-result")] },
  "POST /grants/:id/payee": {
    names: [
      write(
        "grant",
        (id) => `/grants/${id}/payee`,
        () => ({ id: newId(), ...payee }),
      ),
    ],
  },
  "GET /statements/fund/:id": {
    names: [byId("fund", "/statements/fund/"), byId("fund", "/statements/fund/", "?format=xlsx")],
  },
  "GET /statements/household/:id": { names: [byId("household", "/statements/household/")] },
  "GET /statements/unit/:id": {
    names: [byId("unit", "/statements/unit/"), byId("unit", "/statements/unit/", "?format=pdf")],
  },
  "GET /vouchers": { lists: ["/vouchers?limit=100"], names: [byId("unit", "/vouchers?unit=")] },
  "GET /vouchers/:id": { names: [byId("voucher", "/vouchers/")] },
  "POST /vouchers": {
    names: [
      write(
        "unit",
        () => "/vouchers",
        (id) => ({
          id: newId(),
          unitId: id,
          on: day,
          memo: "试记一笔",
          transfers: [{ debit: { role: "WORKER_ACTIVITY" }, credit: { role: "BANK" }, amountFen: 100 }],
        }),
      ),
    ],
  },
  "POST /vouchers/:id/reverse": {
    names: [
      write(
        "voucher",
        (id) => `/vouchers/${id}/reverse`,
        () => ({ id: newId(), reason: "试着冲销" }),
      ),
    ],
  },
  "POST /books/:unit/close": {
    names: [
      write(
        "unit",
        (id) => `/books/${id}/close`,
        () => ({ month: "2026-01" }),
      ),
    ],
  },
  "GET /services": { lists: ["/services"] },
  "GET /services/:id/known": { names: [byId("person", "/services/living-aid/known?person=")] },
  "POST /services/:service/papers": { only: "self" },
  "GET /drafts/:service": { lists: ["/drafts/hardship-file"] },
  "PUT /drafts/:service": { only: "self" },
  "DELETE /drafts/:service": { only: "self" },
  "POST /cases": {
    names: [
      write(
        "person",
        () => "/cases",
        (id) => ({ id: newId(), service: "hardship-file", answers: {}, onBehalfOf: id }),
      ),
    ],
  },
  "GET /cases": {
    lists: [
      "/cases?limit=100",
      "/cases?state=open&sort=opened&limit=3",
      "/cases?q=例",
      "/cases?overdue=true",
    ],
    names: [byId("unit", "/cases?unit="), byId("person", "/cases?person=")],
  },
  "GET /cases/:id": { names: [byId("case", "/cases/")] },
  "POST /cases/:id/actions": {
    names: [
      write(
        "case",
        (id) => `/cases/${id}/actions`,
        () => ({ id: newId(), name: "accept", answers: {} }),
      ),
      write(
        "case",
        (id) => `/cases/${id}/actions`,
        () => ({ id: newId(), name: "approve", answers: { note: "同意" } }),
      ),
    ],
  },
  "POST /cases/:id/rating": {
    names: [
      write(
        "case",
        (id) => `/cases/${id}/rating`,
        () => ({ id: newId(), stars: 5 }),
      ),
    ],
  },
  "GET /cases/:id/print": {
    names: [
      byId("case", "/cases/", "/print"),
      byId("case", "/cases/", "/print?paper=acceptance"),
      byId("case", "/cases/", "/print?paper=decision"),
    ],
  },
  "GET /rounds": { lists: ["/rounds"] },
  "POST /rounds": {
    names: [
      write(
        "unit",
        () => "/rounds",
        (id) => ({
          id: newId(),
          service: "cool-gift",
          unitId: id,
          title: "试开一场",
          opensAt: "2030-07-01T09:00:00+08:00",
          closesAt: "2030-07-02T09:00:00+08:00",
          quota: 1,
        }),
      ),
    ],
  },
  "GET /rounds/:id": { names: [byId("round", "/rounds/")] },
  "POST /rounds/:id/end": {
    names: [
      write(
        "round",
        (id) => `/rounds/${id}/end`,
        () => ({}),
      ),
    ],
  },
  "GET /rounds/:id/claims": { names: [byId("round", "/rounds/", "/claims")] },
  "GET /me/rounds": { only: "self" },
  "POST /rounds/:id/claims": { only: "self" },
  "POST /rounds/:id/give-back": { only: "self" },
  "GET /inbox": { lists: ["/inbox?limit=100"] },
  "GET /me/notices": { lists: ["/me/notices?limit=100", "/me/notices?limit=1"] },
  "GET /me/notices/:id": { names: [byId("notice", "/me/notices/")] },
  "POST /me/notices/:id/objections": {
    names: [
      write(
        "notice",
        (id) => `/me/notices/${id}/objections`,
        () => ({ id: newId(), text: "听说情况不属实。" }),
      ),
    ],
  },
  "GET /public/notices": { only: "public" },
  "GET /public/notices/:id": { only: "public" },
  "POST /public/notices/:id/objections": { only: "public" },
  "POST /public/objections/answer": { only: "public" },
  "GET /notices": { lists: ["/notices?limit=100"] },
  "POST /notices/:id/objections/:objection/finding": {
    names: [
      write(
        "objection",
        (id, parent) => `/notices/${parent}/objections/${id}/finding`,
        () => ({ id: newId(), finding: "dismissed", note: "查无此事" }),
      ),
    ],
  },
  "GET /eligibility/living-aid": { names: [byId("unit", "/eligibility/living-aid?unit=")] },
  "GET /eligibility/living-aid/below": {
    lists: ["/eligibility/living-aid/below"],
    names: [byId("unit", "/eligibility/living-aid/below?unit=")],
  },
  "GET /eligibility/living-aid/households": {
    lists: ["/eligibility/living-aid/households?limit=100"],
    names: [byId("unit", "/eligibility/living-aid/households?unit=")],
  },
  "GET /audit/actions": {
    lists: ["/audit/actions?limit=100"],
    names: [byId("unit", "/audit/actions?unit="), byId("case", "/audit/actions?case=")],
  },
  "GET /audit/looks": {
    lists: ["/audit/looks?limit=100"],
    names: [byId("unit", "/audit/looks?unit="), byId("case", "/audit/looks?case=")],
  },
  "GET /audit/verify": { names: [byId("unit", "/audit/verify?unit=")] },
  "GET /figures/measures": { only: "public" },
  "GET /figures": { names: [at("unit", (id) => `/figures?unit=${id}&measure=members`)] },
  "GET /figures/below": { names: [at("unit", (id) => `/figures/below?unit=${id}&measure=members`)] },
  "GET /figures/export": { names: [byId("unit", "/figures/export?unit=")] },
  "GET /figures/member-change/people": {
    names: [at("unit", (id) => `/figures/member-change/people?unit=${id}&kind=joined`)],
  },
  "GET /figures/member-change": { names: [byId("unit", "/figures/member-change?unit=")] },
  "GET /figures/overview": { names: [byId("unit", "/figures/overview?unit=")] },
  "GET /public/verify/:code": { only: "public" },
  "GET /public/roots": { only: "public" },
  "POST /trial/clock": { only: "self" },
};
