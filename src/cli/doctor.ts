import { existsSync, readFileSync, statfsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import pg from "pg";
import type { Config } from "../config.ts";
import { findServerPackage, missingLinks, prepareBinaries, SERVER_PACKAGE } from "../db/binaries.ts";
import { SKEW_TOLD_MS } from "../db/clock.ts";
import { attachEmbedded, prepareFolder } from "../db/embedded.ts";
import { isGone } from "../db/errors.ts";
import { keyFile, readKeys } from "../db/keys.ts";
import { folderHolder } from "../db/lock.ts";
import { pendingMigrations } from "../db/migrate.ts";
import { serverPid } from "../db/orphan.ts";
import { distributionOf } from "../db/shard.ts";
import { placements } from "../db/shard-tables.ts";
import { systemCode, Trouble } from "../db/trouble.ts";
import { chooseRunner } from "../db/unprivileged.ts";
import { MISSED_MOST } from "../jobs/index.ts";
import { type Day, dayInShanghai, daysBetween, yearOf } from "../kernel/day.ts";
import { holidayYears } from "../kernel/holidays.ts";
import type { Text } from "../kernel/words.ts";
import { type Command, config, readArgs } from "./command.ts";

type Finding = { state: "good" | "note" | "bad" } & Text;

const good = (zh: string, en: string): Finding => ({ state: "good", zh, en });
const note = (zh: string, en: string): Finding => ({ state: "note", zh, en });
const bad = (zh: string, en: string): Finding => ({ state: "bad", zh, en });

const LOW_DISK_BYTES = 2 * 2 ** 30;
/** What the server's log says when it cannot go on; lost clients and its own stopping are everyday. */
const GRAVE =
  /(PANIC|FATAL):(?!.*(connection to client lost|terminating connection|starting up|shutting down|authentication))/;

export const command: Command = {
  summary: {
    zh: "检查这台机器和这个安装，说明问题和办法",
    en: "examine this machine and installation, and say what to do",
  },
  usage: ["doctor"],
  help: {
    zh: "不改动任何数据。有问题时退出码为 1。",
    en: "Changes no data. The exit code is 1 when something is wrong.",
  },
  async run(args) {
    readArgs(args, {});
    const findings: Finding[] = [];
    const examine = async (look: () => Promise<Finding[]> | Finding[]): Promise<void> => {
      try {
        findings.push(...(await look()));
      } catch (error) {
        if (error instanceof Trouble) findings.push(bad(error.zh, error.en));
        else findings.push(bad(`检查出错：${String(error)}`, `the examination failed: ${String(error)}`));
      }
    };
    let settings: Config | null = null;
    await examine(() => {
      settings = config();
      return [];
    });
    await examine(node);
    if (settings !== null) {
      const about: Config = settings;
      await examine(() => disk(about));
      if (about.database === null) {
        await examine(serverPackage);
        await examine(() => folder(about));
      }
      await examine(() => keys(about));
      await examine(() => database(about));
      await examine(() => port(about));
      await examine(clock);
    }
    const marks = { good: "✓", note: "!", bad: "✗" };
    for (const { state, zh, en } of findings) process.stdout.write(`${marks[state]} ${zh}\n  ${en}\n`);
    return findings.some(({ state }) => state === "bad") ? 1 : 0;
  },
};

function node(): Finding[] {
  const who = process.getuid?.() === 0 ? "root" : `uid ${process.getuid?.() ?? "-"}`;
  const place = `${process.platform}-${process.arch}`;
  return [
    good(
      `Node ${process.versions.node}，${place}，${who}`,
      `Node ${process.versions.node}, ${place}, ${who}`,
    ),
  ];
}

function disk(settings: Config): Finding[] {
  let place = settings.data;
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  const shown = (free / 2 ** 30).toFixed(1);
  if (free < LOW_DISK_BYTES) {
    return [
      bad(
        `磁盘只剩 ${shown} GB，请清理或换盘。`,
        `Only ${shown} GB of disk are free: make room or use another disk.`,
      ),
    ];
  }
  return [good(`磁盘可用 ${shown} GB`, `${shown} GB of disk free`)];
}

function serverPackage(): Finding[] {
  const { native, version } = findServerPackage();
  const missing = missingLinks(native).length;
  return [
    good(`${SERVER_PACKAGE} ${version}`, `${SERVER_PACKAGE} ${version}`),
    ...(missing === 0
      ? []
      : [
          note(
            `缺 ${missing} 个程序库链接（安装脚本被跳过），启动时会自动补上。`,
            `${missing} library links are missing (install scripts were skipped); the next start makes them.`,
          ),
        ]),
  ];
}

async function folder(settings: Config): Promise<Finding[]> {
  const cluster = join(settings.data, "pg");
  if (!existsSync(settings.data)) {
    return [
      note(
        `数据文件夹 ${settings.data} 还不存在，第一次启动时建立。`,
        `The data folder ${settings.data} does not exist yet; the first start makes it.`,
      ),
    ];
  }
  prepareFolder(settings.data);
  const holder = await folderHolder(settings.data);
  const server = serverPid(cluster);
  const findings = [
    good(`数据文件夹 ${settings.data} 可写`, `the data folder ${settings.data} can be written`),
  ];
  if (holder !== null) {
    findings.push(good(`职家正在运行（进程号 ${holder}）`, `Zhijia is running (process ${holder})`));
  } else if (server !== null) {
    findings.push(
      note(
        `上次异常退出留下了数据库进程 ${server}，下次启动会先停掉它。`,
        `A database process ${server} was left by a killed program; the next start stops it first.`,
      ),
    );
  }
  const runner = chooseRunner(cluster);
  const { root } = prepareBinaries(runner, settings.data);
  const who =
    runner === null
      ? { zh: "当前用户", en: "the present user" }
      : { zh: `uid ${runner.uid}`, en: `uid ${runner.uid}` };
  findings.push(
    good(`数据库程序 ${root}，以 ${who.zh} 运行`, `database programs in ${root}, run by ${who.en}`),
  );
  const mode = statSync(settings.data).mode & 0o077;
  if (mode !== 0) {
    findings.push(
      note(
        `数据文件夹对其他用户开放，建议执行 chmod 700 ${settings.data}`,
        `The data folder is open to other users; better: chmod 700 ${settings.data}`,
      ),
    );
  }
  return findings;
}

function keys(settings: Config): Finding[] {
  if (readKeys(settings.data, settings.key) === null) {
    return [note("还没有密钥，第一次启动时生成。", "There is no keyring yet; the first start makes one.")];
  }
  if (settings.key !== null) return [good("密钥来自 ZHIJIA_KEY", "the keyring comes from ZHIJIA_KEY")];
  const path = keyFile(settings.data);
  if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) {
    return [
      bad(
        `密钥文件对其他用户开放，请执行 chmod 600 ${path}`,
        `The keyring can be read by others: chmod 600 ${path}`,
      ),
    ];
  }
  return [good(`密钥文件 ${path}`, `keyring ${path}`)];
}

async function database(settings: Config): Promise<Finding[]> {
  const login = settings.database?.owner ?? attachEmbedded(settings.data)?.("owner");
  if (login === undefined) {
    const log = join(settings.data, "postgres.log");
    const last = existsSync(log)
      ? readFileSync(log, "utf8")
          .split("\n")
          .findLast((line) => GRAVE.test(line))
      : undefined;
    return [
      note("内置数据库没有在运行。", "The embedded database is not running."),
      ...(last === undefined
        ? []
        : [note(`日志里最近的严重错误：${last}`, `the last grave message of its log: ${last}`)]),
    ];
  }
  const client = new pg.Client({ ...login, connectionTimeoutMillis: 5000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const shown = await client.query<{
      version: string;
      encoding: string;
      locale: string;
      used: number;
      most: number;
    }>(
      `select current_setting('server_version') as version, pg_encoding_to_char(encoding) as encoding,
         coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale', datcollate) as locale,
         (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used,
         current_setting('max_connections')::int as most
       from pg_database d where datname = current_database()`,
    );
    const { version, encoding, locale, used, most } = shown.rows[0]!;
    const findings = [
      good(
        `PostgreSQL ${version}，${encoding}，${locale}，连接 ${used}/${most}`,
        `PostgreSQL ${version}, ${encoding}, ${locale}, connections ${used}/${most}`,
      ),
    ];
    if (encoding !== "UTF8")
      findings.push(
        bad("数据库编码不是 UTF8，请重新建库。", "The database's encoding is not UTF8; make it anew."),
      );
    if (used > most * 0.9)
      findings.push(bad("数据库连接快用完了。", "The database is running out of connections."));
    const pending = await pendingMigrations(client);
    findings.push(
      pending.length === 0
        ? good("数据库结构是最新的", "the schema is up to date")
        : note(
            `有 ${pending.length} 个升级未执行，启动时会自动执行。`,
            `${pending.length} migrations are pending; the next start applies them.`,
          ),
    );
    findings.push(...(await distribution(client)));
    const failed = await failedJobs(client);
    if (failed > 0)
      findings.push(
        note(
          `有 ${failed} 个后台任务失败，用 zhijia jobs 查看。`,
          `${failed} jobs have failed; see zhijia jobs.`,
        ),
      );
    if (pending.length === 0) findings.push(...(await clocks(client)));
    return findings;
  } catch (error) {
    if (!isGone(error) && systemCode(error) !== "28P01") throw error;
    const why = error instanceof Error ? error.message : String(error);
    return [bad(`连接不上数据库：${why}`, `The database cannot be reached: ${why}`)];
  } finally {
    await client.end().catch(() => {});
  }
}

/** Whether this machine's time agrees with the database's, and with the last day the installation has begun. */
async function clocks(client: pg.Client): Promise<Finding[]> {
  const before = Date.now();
  const found = await client.query<{ now: Date; last: string | null; trial: boolean }>(
    `select clock_timestamp() as now, (select day_ticked::text from installation) as last,
       coalesce((select fictitious from installation), false) as trial`,
  );
  const after = Date.now();
  const { now, last, trial } = found.rows[0]!;
  const skewMs = (before + after) / 2 - now.getTime();
  const seconds = Math.abs(skewMs / 1000).toFixed(0);
  const findings: Finding[] = [];
  if (Math.abs(skewMs) > SKEW_TOLD_MS + (after - before) / 2) {
    const [zh, en] = skewMs > 0 ? ["快", "ahead of"] : ["慢", "behind"];
    findings.push(
      bad(
        `本机时钟比数据库${zh} ${seconds} 秒，请给两台机器校时（NTP）。相差一分钟以上时每日事务暂停。`,
        `This machine's clock is ${seconds} s ${en} the database's: set both by NTP. Beyond a minute no day's work is begun.`,
      ),
    );
  }
  if (last === null || trial) return findings;
  const today = dayInShanghai(new Date());
  const missed = daysBetween(last as Day, today);
  if (missed < 0) {
    findings.push(
      bad(
        `本机时钟在 ${today}，而每日事务已办到 ${last}。请校时；期限仍按 ${last} 计算。`,
        `This machine's clock says ${today}, but the work of ${last} has begun. Set the clock; deadlines go on counting from ${last}.`,
      ),
    );
  } else if (missed > MISSED_MOST) {
    findings.push(
      bad(
        `每日事务停在 ${last}，已 ${missed} 天。请先核对本机时钟，再用 zhijia jobs --missed-days 补办。`,
        `Daily work stands at ${last}, ${missed} days ago. Check this machine's clock, then run zhijia jobs --missed-days.`,
      ),
    );
  }
  return findings;
}

/** How the tables lie over several servers; nothing where the server has no Citus. */
async function distribution(client: pg.Client): Promise<Finding[]> {
  const { citus, tables, nodes } = await distributionOf(client);
  if (citus === null) return [];
  const local = [...tables].filter(([name, { by }]) => by === "local" && placements[name]?.by !== "local");
  if (local.length === tables.size - 1)
    return [
      note(
        `Citus ${citus}，尚未分片；需要时执行 zhijia shard。`,
        `Citus ${citus}, not sharded; zhijia shard does it when wanted.`,
      ),
    ];
  const holders = nodes.filter((node) => node.holdsRows).length;
  const findings = [
    good(
      `Citus ${citus}，${tables.size - local.length} 张表已分布，数据在 ${holders} 台服务器上`,
      `Citus ${citus}, ${tables.size - local.length} tables distributed, rows on ${holders} servers`,
    ),
  ];
  if (local.length > 0)
    findings.push(
      bad(
        `${local.length} 张表尚未分布：${local.map(([name]) => name).join("、")}。请执行 zhijia shard。`,
        `${local.length} tables are not distributed: ${local.map(([name]) => name).join(", ")}. Run zhijia shard.`,
      ),
    );
  const { rows: away } = await client.query<{ node: string; result: string }>(
    `select n.nodename || ':' || n.nodeport as node, r.result
     from run_command_on_all_nodes('select 1') r join pg_dist_node n using (nodeid) where not r.success`,
  );
  for (const { node, result } of away)
    findings.push(
      bad(
        `连接不上数据库节点 ${node}：${result}`,
        `The database server ${node} cannot be reached: ${result}`,
      ),
    );
  return findings;
}

async function failedJobs(client: pg.Client): Promise<number> {
  const exists = await client.query("select to_regclass('graphile_worker.jobs') is not null as yes");
  if (exists.rows[0]?.yes !== true) return 0;
  const found = await client.query<{ n: number }>(
    "select count(*)::int as n from graphile_worker.jobs where attempts >= max_attempts",
  );
  return found.rows[0]?.n ?? 0;
}

async function port(settings: Config): Promise<Finding[]> {
  const { host, port: number } = settings;
  const probe = createServer();
  const error = await new Promise<unknown>((done) => {
    probe.once("error", done);
    probe.listen({ host, port: number }, () => probe.close(() => done(null)));
  });
  if (error === null) return [good(`端口 ${number} 空闲`, `port ${number} is free`)];
  if (systemCode(error) === "EADDRINUSE") {
    const ours = settings.database === null && (await folderHolder(settings.data)) !== null;
    if (ours)
      return [good(`端口 ${number} 在使用（应是职家）`, `port ${number} is in use (by Zhijia, it seems)`)];
    return [
      bad(
        `端口 ${number} 被占用，换一个：PORT=${number + 1}`,
        `Port ${number} is taken; choose another: PORT=${number + 1}`,
      ),
    ];
  }
  const why = systemCode(error) || String(error);
  return [bad(`不能监听 ${host}：${number}（${why}）`, `${host}:${number} cannot be listened on (${why})`)];
}

function clock(): Finding[] {
  const now = new Date();
  const today = dayInShanghai(now);
  const year = yearOf(today);
  const findings = [good(`今天（北京时间）${today}`, `today (Beijing time) ${today}`)];
  if (year < 2025 || year > 2100) {
    findings.push(bad("系统时钟不对，请校时。", "The machine's clock is wrong; set it."));
  }
  for (const wanted of [year, ...(today.slice(5) >= "12-01" ? [year + 1] : [])]) {
    if (holidayYears.some((known) => known.year === wanted)) continue;
    findings.push(
      bad(
        `没有 ${wanted} 年的节假日安排，按工作日计算的期限会被拒绝。请升级程序或由管理员录入国务院通知。`,
        `The holidays of ${wanted} are not known, so clocks in working days are refused. Upgrade, or have an administrator enter the State Council's notice.`,
      ),
    );
  }
  return findings;
}
