import type { z } from "zod";
import type { Day } from "./day.ts";
import type { Id } from "./ids.ts";
import { isRefusal, type Or } from "./refusal.ts";
import type { Lang, Text } from "./words.ts";

/**
 * What the running program hands every handler: pool, clock, keys, jobs. Each module adds its own
 * part by declaration merging:
 * `declare module "../kernel/route.ts" { interface AppContext { readonly db: Db } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: modules merge their parts into it.
export interface AppContext {}

/** Who is signed in. Modules may merge further parts into it (posts, level of assurance). */
export interface Session {
  readonly id: Id<"session">;
  readonly person: Id<"person">;
}

/** What every handler is told beside the request's own content. */
export interface RequestContext<Signed extends Session | null = Session | null> {
  readonly ctx: AppContext;
  /** Never null on a route that is not public. */
  readonly session: Signed;
  readonly lang: Lang;
  /** The installation's instant and its day in Asia/Shanghai, trial offset included. */
  readonly now: Date;
  readonly today: Day;
  /** The request's id, for logs. */
  readonly id: string;
  /** The caller's address as the server sees it, for limits; never stored with a person. */
  readonly ip: string;
}

/**
 * One HTTP route as a plain value: what it takes and gives, and who may call it. Schemas are codecs
 * (`schemas.ts`): requests are decoded before the handler and its answer is written as JSON after
 * it, so a handler holds bigint fen, Days and Dates while JSON carries integers and strings.
 */
export interface RouteDef {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/api`, with `:name` places: `/cases/:id/actions`. */
  readonly url: `/${string}`;
  readonly summary: Text;
  /** The group it stands under in the API's pages. */
  readonly tag: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  /** Status of a good answer. 200. */
  readonly status?: 200 | 201 | 202 | 204;
  /** The power without which the route answers 403; the handler still makes its own scope. */
  readonly power?: string;
  /** Open to callers who have not signed in. false. */
  readonly public?: boolean;
  /** Takes files as multipart/form-data instead of a JSON body. false. */
  readonly multipart?: boolean;
  /** Requests a minute from one caller, where the server's common limit is too wide. */
  readonly perMinute?: number;
}

/** A route, with its exact type kept for handlers and for the web client. */
export function defineRoute<const Route extends RouteDef>(route: Route): Route {
  return route;
}

type In<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
type Out<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Part<Route, Name extends string> = Route extends { readonly [N in Name]: infer Schema }
  ? Schema
  : undefined;

/** One part of a multipart body, read as it arrives. */
export interface Upload {
  readonly field: string;
  readonly fileName: string;
  /** As the caller claims; the documents module sniffs the truth. */
  readonly mediaType: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/** What a handler is given: the parsed request and its context. */
export type RequestOf<Route extends RouteDef> = RequestContext<
  Route extends { readonly public: true } ? Session | null : Session
> & {
  readonly params: Out<Part<Route, "params">>;
  readonly query: Out<Part<Route, "query">>;
  readonly body: Out<Part<Route, "body">>;
  /** The files of a multipart request, in the order they arrive; empty otherwise. */
  readonly uploads: AsyncIterable<Upload>;
  /** Set or clear (null) a cookie on the answer; http decides its flags. */
  readonly setCookie: (name: string, value: string | null, maxAgeSeconds?: number) => void;
  readonly cookies: Readonly<Record<string, string | undefined>>;
};

/** An answer that is not JSON: a PDF, a spreadsheet, a bank file, a photo. */
export interface FileAnswer {
  readonly file: Uint8Array | AsyncIterable<Uint8Array>;
  readonly mediaType: string;
  /** Offered as a download under this name; shown in place when absent. */
  readonly fileName?: string;
}

/**
 * What a handler may answer: the response as the code holds it (bigint, Date) or as JSON has it, one
 * or the other throughout; a refusal; or a file.
 */
export type AnswerOf<Route extends RouteDef> = Or<
  Out<Route["response"]> | In<Route["response"]> | FileAnswer
>;

/** A route with what answers it. */
export interface Handled {
  readonly route: RouteDef;
  readonly handler: (request: never) => unknown;
}

/** Pair a route with its handler; http mounts the pairs. */
export function handle<const Route extends RouteDef>(
  route: Route,
  handler: (request: RequestOf<Route>) => AnswerOf<Route> | Promise<AnswerOf<Route>>,
): Handled {
  return { route, handler };
}

/** Whether an answer is a file. */
export function isFileAnswer(answer: unknown): answer is FileAnswer {
  return (
    typeof answer === "object" &&
    answer !== null &&
    !isRefusal(answer) &&
    "file" in answer &&
    "mediaType" in answer
  );
}

/**
 * What a client sends and gets as JSON, by route name, for `import type`:
 * `type Api = RouteTypes<typeof routes>; type Case = Api["getCase"]["response"]`.
 */
export type RouteTypes<Routes extends Readonly<Record<string, RouteDef>>> = {
  readonly [Name in keyof Routes]: {
    readonly method: Routes[Name]["method"];
    readonly url: Routes[Name]["url"];
    readonly params: In<Part<Routes[Name], "params">>;
    readonly query: In<Part<Routes[Name], "query">>;
    readonly body: In<Part<Routes[Name], "body">>;
    readonly response: In<Routes[Name]["response"]>;
  };
};
