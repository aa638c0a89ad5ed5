import { newId } from "../../src/kernel/ids.ts";
import type { Lang, Text } from "../../src/kernel/words.ts";

/** The one way the faces speak to the server: JSON, the session's cookie, its CSRF word, one kind of failure. */

/** One wrong field of a request: where (JSON pointer), which rule, the sentence for it. */
export interface FieldProblem {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Anything the server refused, or could not be asked: `offline` and `broken` are codes of our own. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly source: unknown;
  readonly errors: readonly FieldProblem[];
  readonly offered: readonly (string | Text)[];

  constructor(status: number, body: Partial<Problem> & { readonly title?: string }) {
    super(body.detail ?? body.title ?? body.code ?? String(status));
    this.name = "Problem";
    this.status = status;
    this.code = body.code ?? "broken";
    this.detail = body.detail ?? body.title ?? "";
    this.source = body.source;
    this.errors = body.errors ?? [];
    this.offered = body.offered ?? [];
  }
}

const state: { csrf: string | null; lang: Lang } = { csrf: null, lang: "zh" };
let onSignedOut: () => void = () => {};

/** The language asked of the server from now on. */
export function askIn(lang: Lang): void {
  state.lang = lang;
}

/** Keep the CSRF word of the session, as `/api/session` and `/api/me` give it. */
export function keepCsrf(csrf: string | null): void {
  state.csrf = csrf;
}

/** What to do when the server says that nobody is signed in. */
export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `/cases/:id` with its places filled and its query written. Empty values are left out. */
export function addressOf(
  path: string,
  places: Readonly<Record<string, string>> = {},
  query: Query = {},
): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(places[name] ?? ""));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return `/api${filled}${text && `?${text}`}`;
}

/** When an answer came from the phone's memory because there was no network, the time it was seen. */
export const seenAt = new Map<string, string>();

interface Asking {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** A 401 is this page's own business: do not send the person to the sign-in page. */
  readonly quiet?: boolean;
}

/** Ask the server; `address` begins with `/api`. Throws a {@link Problem}, and nothing else. */
export async function ask<Answer>(address: string, asking: Asking = {}): Promise<Answer> {
  const method = asking.method ?? "GET";
  const form = asking.body instanceof FormData;
  const headers: Record<string, string> = { accept: "application/json", "accept-language": state.lang };
  if (asking.body !== undefined && !form) headers["content-type"] = "application/json";
  if (method !== "GET" && state.csrf) headers["x-csrf"] = state.csrf;
  let answer: Response;
  try {
    answer = await fetch(address, {
      method,
      credentials: "same-origin",
      headers: { ...headers, ...asking.headers },
      ...(asking.signal && { signal: asking.signal }),
      ...(asking.body !== undefined && {
        body: form ? (asking.body as FormData) : JSON.stringify(asking.body),
      }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, { code: "offline" });
  }
  const seen = answer.headers.get("x-seen-at");
  if (seen) seenAt.set(address, seen);
  else seenAt.delete(address);
  const type = answer.headers.get("content-type") ?? "";
  if (answer.ok) {
    if (answer.status === 204) return undefined as Answer;
    return (type.includes("json") ? await answer.json() : await answer.text()) as Answer;
  }
  const body = type.includes("json") ? await answer.json().catch(() => ({})) : {};
  if (answer.status === 401 && !asking.quiet) onSignedOut();
  throw new Problem(answer.status, body as Partial<Problem>);
}

/** `get("/cases/:id", {id})`. */
export function get<Answer>(
  path: string,
  places?: Readonly<Record<string, string>>,
  query?: Query,
): Promise<Answer> {
  return ask<Answer>(addressOf(path, places, query));
}

/** Send a body. `post("/cases/:id/actions", {id}, {...})`. */
export function post<Answer>(
  path: string,
  places: Readonly<Record<string, string>> = {},
  body: unknown = {},
): Promise<Answer> {
  return ask<Answer>(addressOf(path, places), { method: "POST", body });
}

/** Replace what stands at an address. */
export function put<Answer>(
  path: string,
  places: Readonly<Record<string, string>> = {},
  body: unknown = {},
): Promise<Answer> {
  return ask<Answer>(addressOf(path, places), { method: "PUT", body });
}

/** Remove what stands at an address. */
export function remove(path: string, places: Readonly<Record<string, string>> = {}): Promise<void> {
  return ask<void>(addressOf(path, places), { method: "DELETE" });
}

/** Send files, telling how far it is (0 to 1). Fields of a form must stand before its file. */
export function upload<Answer>(
  path: string,
  form: FormData,
  onProgress: (share: number) => void = () => {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", addressOf(path));
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("accept-language", state.lang);
    if (state.csrf) request.setRequestHeader("x-csrf", state.csrf);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(new Problem(0, { code: "offline" }));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as Answer);
      else {
        if (request.status === 401) onSignedOut();
        reject(new Problem(request.status, (request.response ?? {}) as Partial<Problem>));
      }
    };
    request.send(form);
  });
}

/** A new id for an action: sent again after a broken connection, it does nothing twice. */
export function actionId(): string {
  return newId();
}

const own = {
  offline: {
    zh: "现在连不上网络。您填的内容都在，连上后再试一次。",
    en: "There is no connection now. What you filled in is kept; try again once you are online.",
  },
  broken: {
    zh: "系统出了问题，没有办成。请稍后再试；一直不行，请告诉您的工会。",
    en: "Something went wrong on our side and nothing was done. Try again later, or tell your union.",
  },
  busy: {
    zh: "现在办事的人多，请过一会儿再试。",
    en: "Many people are using this just now. Please try again shortly.",
  },
} satisfies Record<string, Text>;

/** Any failure as one sentence a person can act on. */
export function sentenceOf(error: unknown, lang: Lang): string {
  if (error instanceof Problem) {
    if (error.code === "offline") return own.offline[lang];
    if (error.detail) return error.detail;
    if (error.status === 429 || error.status === 503) return own.busy[lang];
  }
  return own.broken[lang];
}

/** The sentence for one field of the request, by its key: `/answers/amountFen` answers to `amountFen`. */
export function fieldProblem(error: unknown, key: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  const said = error.errors.filter(({ pointer }) => pointer === key || pointer.endsWith(`/${key}`));
  // Several papers may be missing in one answer: each on a line of its own.
  return said.length > 0 ? said.map(({ detail }) => detail).join("\n") : undefined;
}
