import type { Logger } from "pino";
import type { Clock } from "../db/clock.ts";
import { type Db, noReplica, type Replica } from "../db/index.ts";
import type { MaySeePaper, Shelf } from "../documents/papers/index.ts";
import type { AppContext } from "../kernel/route.ts";
import { type Keyring, type Signer, signerOf } from "../kernel/seal.ts";
import { type Hub, newHub } from "../messages/hub.ts";
import { type Mailer, newMailer, type SmtpSettings } from "../messages/mail.ts";
import type { OidcSettings } from "../people/sign-in/oidc.ts";
import { newSessions, type Sessions } from "../people/sign-in/session.ts";
import { newSmsGateway, type SmsGateway, type SmsSettings } from "../people/sign-in/sms.ts";

/** What the HTTP side needs to know of the installation, parsed from the environment by config.ts. */
export interface HttpConfig {
  /** How people reach this installation, without a trailing slash: `https://union.example.cn`. */
  readonly origin: string;
  /** Whether this is the fictitious federation: fixed codes, trial clock. */
  readonly fictitious: boolean;
  /** Where the built web faces lie; null when there are none (tests). */
  readonly webRoot: string | null;
  /** Proxies in front whose X-Forwarded-For is believed: how many, or their addresses. false. */
  readonly trustProxy?: false | number | string;
  /** Largest upload, in bytes. 20 MiB. */
  readonly uploadBytes?: number;
  /** Requests a minute one caller may make of everything together; 0 switches it off. 60,000. */
  readonly requestsPerMinute?: number;
  /** Check each answer against its declaration. Tests do; it costs time. false. */
  readonly checkResponses?: boolean;
  readonly oidc?: OidcSettings | undefined;
  readonly smtp?: SmtpSettings | undefined;
  readonly sms?: SmsSettings | undefined;
}

declare module "../kernel/route.ts" {
  interface AppContext {
    readonly db: Db;
    /** For figures and audits: a replica by setting, else the database itself. */
    readonly replica: Replica;
    readonly clock: Clock;
    readonly ring: Keyring;
    /** Other storage for papers than the database, if one is set. */
    readonly shelf: Shelf | null;
    /** Whether pieces of papers are moved there. */
    readonly shelves: boolean;
    /** Signs roots and letters with this installation's key. */
    readonly signer: Signer;
    readonly log: Logger;
    readonly config: HttpConfig;
    /** Live events to whoever has a face open. */
    readonly hub: Hub;
    readonly sessions: Sessions;
    readonly sms: SmsGateway;
    /** Null when no mail server is set. */
    readonly mail: Mailer | null;
    /** Who may open a paper that hangs on a case: the engine's answer. */
    readonly maySeePaper: MaySeePaper;
    /** The real instant. Sign-in codes and sessions live on it, also while the trial clock is ahead. */
    readonly wall: () => Date;
    /** Whether the database's disk has room to write on, as far as this process can see. */
    readonly hasRoom: () => boolean;
    /** Run every job that is due and wait for them: the trial clock's way to have a day happen at once. */
    readonly drainJobs: () => Promise<void>;
  }
}

type Filled =
  | "replica"
  | "shelf"
  | "shelves"
  | "signer"
  | "hub"
  | "sessions"
  | "sms"
  | "mail"
  | "maySeePaper"
  | "wall"
  | "hasRoom";

/** The context from its parts: what is not given is made from the settings. */
export function createContext(
  parts: Omit<AppContext, Filled> & { readonly [Part in Filled]?: AppContext[Part] | undefined },
): AppContext {
  const { config, db, log, ring } = parts;
  return {
    ...parts,
    replica: parts.replica ?? noReplica(db),
    shelf: parts.shelf ?? null,
    shelves: parts.shelves ?? false,
    signer: parts.signer ?? signerOf(ring),
    hub: parts.hub ?? newHub(db, log),
    sessions:
      parts.sessions ??
      newSessions(db, parts.clock, (error) =>
        log.warn({ err: error }, "a session's use was not written down"),
      ),
    sms: parts.sms ?? newSmsGateway(config.sms, log),
    mail: parts.mail ?? (config.smtp ? newMailer(config.smtp) : null),
    maySeePaper: parts.maySeePaper ?? (async () => ({ allowed: false })),
    wall: parts.wall ?? (() => new Date()),
    hasRoom: parts.hasRoom ?? (() => true),
  };
}
