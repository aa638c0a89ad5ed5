import { resolve } from "node:path";
import type { ClientConfig } from "pg";
import { z } from "zod";
import { Trouble } from "./db/trouble.ts";
import type { ShelfName, ShelfSettings } from "./documents/papers/index.ts";
import type { TraceSettings } from "./http/traces.ts";
import { parseKeyring, type Suite } from "./kernel/seal.ts";
import type { Text } from "./kernel/words.ts";

/** What a process does: `web` answers requests, `worker` runs jobs. */
export type Role = "web" | "worker";

/** The environment, parsed once. docs/guides/configuration.md says what each variable is for. */
export type Config = {
  readonly host: string;
  readonly port: number;
  /** How people reach the installation, without a trailing slash. */
  readonly origin: string;
  /** Proxies in front: how many there are, or their addresses; false: none. */
  readonly trustProxy: false | number | string;
  /** Port of health and metrics alone, instead of the web's; null: with the web, and not at all without it. */
  readonly healthPort: number | null;
  /** How long a process that is to end still answers, for others to be asked instead. Milliseconds. */
  readonly drainMs: number;
  /** Folder of the embedded database and of the keys. */
  readonly data: string;
  /** Whether an empty database gets the fictitious federation. */
  readonly demo: boolean;
  /** Whether the web process also serves the faces, and not the API alone. */
  readonly faces: boolean;
  /** Null: the embedded server. */
  readonly database: ExternalDatabase | null;
  /** Most database connections of this process. */
  readonly connections: number;
  /** The keyring in its written form; null: the file `keys` in the data folder. */
  readonly key: string | null;
  readonly suite: Suite;
  readonly roles: ReadonlySet<Role>;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** Where papers' pieces are to lie. */
  readonly papers: ShelfName;
  /** S3-compatible storage, from which papers are read also while they are kept in the database again. */
  readonly shelf: ShelfSettings | null;
  /** Collector of traces; null: none. */
  readonly traces: TraceSettings | null;
  readonly smtp?: Smtp | undefined;
  readonly sms?: { readonly url: string; readonly token?: string | undefined } | undefined;
  readonly oidc?: Oidc | undefined;
};

export type ExternalDatabase = {
  readonly app: ClientConfig;
  /** Login that migrates; the same as `app` unless DATABASE_OWNER_URL is set. */
  readonly owner: ClientConfig;
  readonly ownerRuns: boolean;
  /** Login that reaches the server itself when `app` goes through pgbouncer. */
  readonly direct: ClientConfig;
  readonly pgbouncer: boolean;
  /** A streaming replica for figures and audits, and the lag with which it is still asked. */
  readonly replica: { readonly login: ClientConfig; readonly lagMs: number } | null;
};

type Smtp = {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  readonly insecure: boolean;
};

type Oidc = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly title: Text;
  readonly scope?: string | undefined;
  readonly strong: boolean;
};

const words = (zh: string, en: string) => ({ error: `${zh} · ${en}` });

const onOff = z.enum(["on", "off"], words("只能是 on 或 off", "must be on or off"));
const port = z.coerce
  .number(words("应是端口号 0–65535", "must be a port number, 0–65535"))
  .int(words("应是端口号 0–65535", "must be a port number, 0–65535"))
  .min(0, words("应是端口号 0–65535", "must be a port number, 0–65535"))
  .max(65535, words("应是端口号 0–65535", "must be a port number, 0–65535"));
const web = z
  .url({
    protocol: /^https?$/,
    ...words("应是 http:// 或 https:// 开头的地址", "must be an http:// or https:// address"),
  })
  .transform((url) => url.replace(/\/+$/, ""));
const database = z.url({
  protocol: /^postgres(ql)?$/,
  ...words("应是 postgresql:// 开头的地址", "must be a postgresql:// address"),
});
const roles = z
  .string()
  .transform((text) => text.split(",").map((role) => role.trim()))
  .pipe(
    z
      .array(z.enum(["web", "worker"], words("角色只有 web 和 worker", "the roles are web and worker")))
      .min(1),
  );

const Environment = z
  .object({
    PORT: port.default(8080),
    HOST: z.string().default("127.0.0.1"),
    ZHIJIA_ORIGIN: web.optional(),
    ZHIJIA_TRUST_PROXY: z.string().default("off"),
    ZHIJIA_HEALTH_PORT: port.optional(),
    ZHIJIA_DRAIN_SECONDS: z.coerce
      .number(words("应是 0–600 的秒数", "must be seconds, 0–600"))
      .min(0, words("应是 0–600 的秒数", "must be seconds, 0–600"))
      .max(600, words("应是 0–600 的秒数", "must be seconds, 0–600"))
      .default(0),
    ZHIJIA_DATA: z.string().default("./data"),
    ZHIJIA_DEMO: onOff.optional(),
    DATABASE_URL: database.optional(),
    DATABASE_OWNER_URL: database.optional(),
    DATABASE_DIRECT_URL: database.optional(),
    DATABASE_REPLICA_URL: database.optional(),
    ZHIJIA_REPLICA_LAG_SECONDS: z.coerce
      .number(words("应是 1–3600 的秒数", "must be seconds, 1–3600"))
      .min(1, words("应是 1–3600 的秒数", "must be seconds, 1–3600"))
      .max(3600, words("应是 1–3600 的秒数", "must be seconds, 1–3600"))
      .default(60),
    ZHIJIA_PGBOUNCER: onOff.default("off"),
    ZHIJIA_DB_CONNECTIONS: z.coerce
      .number(words("应是 2–500 的整数", "must be a whole number, 2–500"))
      .int(words("应是 2–500 的整数", "must be a whole number, 2–500"))
      .min(2, words("应是 2–500 的整数", "must be a whole number, 2–500"))
      .max(500, words("应是 2–500 的整数", "must be a whole number, 2–500"))
      .default(20),
    ZHIJIA_KEY: z
      .string()
      .refine(
        isKeyring,
        words("密钥格式不对，应与 keys 文件的内容相同", "not a keyring; give the content of the file `keys`"),
      )
      .optional(),
    ZHIJIA_CRYPTO: z
      .enum(
        ["aes", "sm"],
        words("只能是 aes（国际算法）或 sm（国密算法）", "must be aes or sm (Chinese national algorithms)"),
      )
      .default("aes"),
    ZHIJIA_ROLES: roles.default(["web", "worker"]),
    ZHIJIA_FACES: onOff.default("on"),
    ZHIJIA_LOG: z
      .enum(
        ["debug", "info", "warn", "error", "silent"],
        words("日志级别不对", "must be debug, info, warn, error or silent"),
      )
      .default("info"),
    ZHIJIA_PAPERS: z
      .enum(["database", "s3"], words("只能是 database 或 s3", "must be database or s3"))
      .default("database"),
    S3_ENDPOINT: web.optional(),
    S3_BUCKET: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, words("不是存储桶的名称", "is no name of a bucket"))
      .optional(),
    S3_REGION: z.string().default("us-east-1"),
    S3_ACCESS_KEY_ID: z.string().optional(),
    S3_SECRET_ACCESS_KEY: z.string().optional(),
    S3_PREFIX: z
      .string()
      .regex(
        /^[\w-]+(\/[\w-]+)*$/,
        words("只能是字母、数字、_、- 和 /", "must be letters, digits, _, - and /"),
      )
      .default("papers"),
    OTEL_EXPORTER_OTLP_ENDPOINT: web.optional(),
    /** Read by the SDK itself. */
    OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
    ZHIJIA_TRACE_RATIO: z.coerce
      .number(words("应是 0–1 的数", "must be a number, 0–1"))
      .min(0, words("应是 0–1 的数", "must be a number, 0–1"))
      .max(1, words("应是 0–1 的数", "must be a number, 0–1"))
      .default(0.1),
    SMTP_HOST: z.string().optional(),
    SMTP_PORT: port.optional(),
    SMTP_SECURE: onOff.optional(),
    SMTP_USER: z.string().optional(),
    SMTP_PASSWORD: z.string().optional(),
    SMTP_FROM: z.string().optional(),
    SMTP_INSECURE: onOff.default("off"),
    SMS_URL: web.optional(),
    SMS_TOKEN: z.string().optional(),
    OIDC_ISSUER: web.optional(),
    OIDC_CLIENT_ID: z.string().optional(),
    OIDC_CLIENT_SECRET: z.string().optional(),
    OIDC_TITLE_ZH: z.string().default("统一身份认证"),
    OIDC_TITLE_EN: z.string().default("Identity service"),
    OIDC_SCOPE: z.string().optional(),
    OIDC_STRONG: onOff.default("off"),
  })
  .superRefine((env, issues) => {
    const need = (given: unknown, name: string, because: string): void => {
      if (given !== undefined) return;
      const message = `设了 ${because} 就必须设 · needed with ${because}`;
      issues.addIssue({ code: "custom", path: [name], message });
    };
    if (env.ZHIJIA_PAPERS === "s3") need(env.S3_ENDPOINT, "S3_ENDPOINT", "ZHIJIA_PAPERS=s3");
    if (env.S3_ENDPOINT !== undefined) {
      need(env.S3_BUCKET, "S3_BUCKET", "S3_ENDPOINT");
      need(env.S3_ACCESS_KEY_ID, "S3_ACCESS_KEY_ID", "S3_ENDPOINT");
      need(env.S3_SECRET_ACCESS_KEY, "S3_SECRET_ACCESS_KEY", "S3_ENDPOINT");
    }
    if (env.SMTP_HOST !== undefined) need(env.SMTP_FROM, "SMTP_FROM", "SMTP_HOST");
    if (env.OIDC_ISSUER !== undefined) {
      need(env.OIDC_CLIENT_ID, "OIDC_CLIENT_ID", "OIDC_ISSUER");
      need(env.OIDC_CLIENT_SECRET, "OIDC_CLIENT_SECRET", "OIDC_ISSUER");
    }
    if (env.ZHIJIA_PGBOUNCER === "on")
      need(env.DATABASE_DIRECT_URL, "DATABASE_DIRECT_URL", "ZHIJIA_PGBOUNCER");
    if (env.DATABASE_REPLICA_URL !== undefined)
      need(env.DATABASE_URL, "DATABASE_URL", "DATABASE_REPLICA_URL");
    if (env.DATABASE_OWNER_URL !== undefined) need(env.DATABASE_URL, "DATABASE_URL", "DATABASE_OWNER_URL");
    if (env.ZHIJIA_DEMO === "on" && env.DATABASE_URL !== undefined) {
      const message =
        "外部数据库上不建虚构的演示工会 · the fictitious federation is not founded on an external database";
      issues.addIssue({ code: "custom", path: ["ZHIJIA_DEMO"], message });
    }
  });

function isKeyring(text: string): boolean {
  try {
    parseKeyring(text);
    return true;
  } catch {
    return false;
  }
}

/** Names under ZHIJIA_ that others read: `setup`, tests, benches and scripts. */
const OTHERS = /^ZHIJIA_(PASSWORD$|(TEST|BENCH|DEV)_)/;

/**
 * Reads the environment. Throws `Trouble` (code `bad_environment`) that names every wrong variable, a mistyped
 * `ZHIJIA_…` name included, and repeats no value: it may be a secret.
 */
export function parseConfig(given: NodeJS.ProcessEnv): Config {
  const env = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const known = new Set(Object.keys(Environment.shape));
  const faults = Object.keys(env)
    .filter((name) => name.startsWith("ZHIJIA_") && !known.has(name) && !OTHERS.test(name))
    .map((name) => `${name}: 没有这个设置 · no such setting`);
  const parsed = Environment.safeParse(env);
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      faults.push(`${issue.path[0]?.toString() ?? ""}: ${issue.message}`);
  }
  if (!parsed.success || faults.length > 0) {
    const list = faults.map((fault) => `  ${fault}`).join("\n");
    throw new Trouble(
      "bad_environment",
      `环境变量有误，程序没有启动（说明见 docs/guides/configuration.md）：\n${list}`,
      "The environment is wrong and the program did not start; see docs/guides/configuration.md.",
    );
  }
  return configFrom(parsed.data);
}

function configFrom(env: z.output<typeof Environment>): Config {
  const trust = env.ZHIJIA_TRUST_PROXY;
  return {
    host: env.HOST,
    port: env.PORT,
    origin: env.ZHIJIA_ORIGIN ?? `http://${env.HOST.includes(":") ? `[${env.HOST}]` : env.HOST}:${env.PORT}`,
    // The last address of `X-Forwarded-For` was written by the nearest proxy; what stands before it may be anybody's.
    trustProxy: trust === "on" ? 1 : trust === "off" ? false : /^\d$/.test(trust) ? Number(trust) : trust,
    healthPort: env.ZHIJIA_HEALTH_PORT ?? null,
    drainMs: env.ZHIJIA_DRAIN_SECONDS * 1000,
    data: resolve(env.ZHIJIA_DATA),
    demo: env.ZHIJIA_DEMO !== "off" && env.DATABASE_URL === undefined,
    database: env.DATABASE_URL === undefined ? null : externalFrom(env, env.DATABASE_URL),
    connections: env.ZHIJIA_DB_CONNECTIONS,
    key: env.ZHIJIA_KEY ?? null,
    suite: env.ZHIJIA_CRYPTO === "sm" ? "national" : "international",
    roles: new Set(env.ZHIJIA_ROLES),
    faces: env.ZHIJIA_FACES === "on",
    logLevel: env.ZHIJIA_LOG,
    papers: env.ZHIJIA_PAPERS,
    shelf: shelfFrom(env),
    traces:
      env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, ratio: env.ZHIJIA_TRACE_RATIO },
    ...(env.SMTP_HOST !== undefined && env.SMTP_FROM !== undefined
      ? {
          smtp: {
            host: env.SMTP_HOST,
            port: env.SMTP_PORT ?? (env.SMTP_SECURE === "on" ? 465 : 587),
            secure: env.SMTP_SECURE === "on" || env.SMTP_PORT === 465,
            user: env.SMTP_USER,
            password: env.SMTP_PASSWORD,
            from: env.SMTP_FROM,
            insecure: env.SMTP_INSECURE === "on",
          },
        }
      : {}),
    ...(env.SMS_URL === undefined ? {} : { sms: { url: env.SMS_URL, token: env.SMS_TOKEN } }),
    ...(env.OIDC_ISSUER !== undefined &&
    env.OIDC_CLIENT_ID !== undefined &&
    env.OIDC_CLIENT_SECRET !== undefined
      ? {
          oidc: {
            issuer: env.OIDC_ISSUER,
            clientId: env.OIDC_CLIENT_ID,
            clientSecret: env.OIDC_CLIENT_SECRET,
            title: { zh: env.OIDC_TITLE_ZH, en: env.OIDC_TITLE_EN },
            scope: env.OIDC_SCOPE,
            strong: env.OIDC_STRONG === "on",
          },
        }
      : {}),
  };
}

function shelfFrom(env: z.output<typeof Environment>): ShelfSettings | null {
  const {
    S3_ENDPOINT: endpoint,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = env;
  if (!endpoint || !bucket || !accessKeyId || !secretAccessKey) return null;
  return { endpoint, bucket, accessKeyId, secretAccessKey, region: env.S3_REGION, prefix: env.S3_PREFIX };
}

function externalFrom(env: z.output<typeof Environment>, url: string): ExternalDatabase {
  return {
    app: { connectionString: url },
    owner: { connectionString: env.DATABASE_OWNER_URL ?? env.DATABASE_DIRECT_URL ?? url },
    ownerRuns: env.DATABASE_OWNER_URL === undefined,
    direct: { connectionString: env.DATABASE_DIRECT_URL ?? url },
    pgbouncer: env.ZHIJIA_PGBOUNCER === "on",
    replica:
      env.DATABASE_REPLICA_URL === undefined
        ? null
        : {
            login: { connectionString: env.DATABASE_REPLICA_URL },
            lagMs: env.ZHIJIA_REPLICA_LAG_SECONDS * 1000,
          },
  };
}
