import { serve } from "../main.ts";
import { type Command, config, readArgs, say } from "./command.ts";

/** How long what is under way may take to end, beyond the time in which others are asked instead. */
const STOP_TIMEOUT_MS = 25_000;

export const command: Command = {
  summary: { zh: "启动职家：网页、接口和后台任务", en: "start Zhijia: pages, API and jobs" },
  usage: ["serve [--roles=web,worker] [--join]"],
  help: {
    zh: "设置都在环境变量里，见 docs/guides/configuration.md。按 Ctrl-C 停止，再按一次不再等待。--join：与同一数据文件夹上已在运行的职家共用它的数据库。",
    en: "Settings are environment variables, see docs/guides/configuration.md. Ctrl-C stops it, a second time without waiting. --join: share the database of a Zhijia that already runs on the data folder. Several processes: docs/guides/run-many.md. ",
  },
  async run(args) {
    const began = performance.now();
    const { values } = readArgs(args, {
      roles: { type: "string" },
      join: { type: "boolean", default: false },
    });
    const env = { ...process.env, ...(values.roles === undefined ? {} : { ZHIJIA_ROLES: values.roles }) };
    const settings = config({ ZHIJIA_LOG: process.stdout.isTTY ? "warn" : "info", ...env });

    // A terminal that is gone, or a full disk behind a redirected output, costs lines, never the program.
    for (const out of [process.stdout, process.stderr]) out.on("error", () => {});
    const ended = Promise.withResolvers<number>();
    const haste = new AbortController();
    let stopping = false;
    const running = serve(settings, {
      say,
      attach: values.join,
      onLost(trouble) {
        console.error(`${trouble.zh}\n${trouble.en}`);
        stop(1);
        haste.abort();
      },
    });
    const stop = (code: number): void => {
      if (stopping) {
        haste.abort();
        return;
      }
      stopping = true;
      // A job that goes on longer ends with the process; another takes it up.
      setTimeout(() => process.exit(code), settings.drainMs + STOP_TIMEOUT_MS).unref();
      running
        .then((program) => program.stop(haste.signal))
        .then(
          () => ended.resolve(code),
          () => ended.resolve(1),
        );
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(0));
    if (process.connected) {
      process.on("disconnect", () => stop(0)); // whoever started us is gone
      process.channel?.unref(); // a start that is refused must end all the same
    }

    const { url, trial, cast } = await running;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    if (url === null)
      say({ zh: `职家后台任务已启动（${seconds} 秒）。`, en: `Zhijia is running jobs (${seconds} s).` });
    else {
      say({ zh: `职家已就绪（${seconds} 秒）：`, en: `Zhijia is ready (${seconds} s):` });
      if (settings.faces) {
        process.stdout.write(`  ${url}/     公开页 public pages\n`);
        process.stdout.write(`  ${url}/w    职工 workers\n`);
        process.stdout.write(`  ${url}/o    工会干部 officers\n`);
      }
      process.stdout.write(`  ${url}/api/docs  接口 API\n`);
      if (trial) await (cast ? showNames() : showLogins());
    }
    const code = await ended.promise;
    process.exit(code);
  },
};

/** The names to try the fictitious federation with, and what they are. */
async function showNames(): Promise<void> {
  const { foundedNewcomer, foundedOfficers, foundedUnits, foundedWorkers, trialPassword } = await import(
    "../demo/federation.ts"
  );
  const { roleTitles } = await import("../units/powers.ts");
  const { trialSmsCode, trialTotp } = await import("../people/sign-in/index.ts");
  const unitName = (key: string): string => foundedUnits.find((unit) => unit.key === key)?.name ?? "";
  const show = (login: string, name: string, what: string): void => {
    process.stdout.write(`  ${login.padEnd(20)} ${name} ${what}\n`);
  };
  say({
    zh: `虚构的演示工会。职工（/w）用手机号登录，短信验证码 ${trialSmsCode}：`,
    en: `A fictitious federation to try out. Workers (/w) sign in by phone, SMS code ${trialSmsCode}:`,
  });
  for (const one of foundedWorkers.filter(({ shown }) => shown))
    show(one.phone, one.name, unitName(one.unit));
  show(foundedNewcomer.phone, foundedNewcomer.name, "尚未入会 not a member yet");
  say({
    zh: `工会干部（/o）密码 ${trialPassword}，动态码 ${trialTotp}：`,
    en: `Officers (/o): password ${trialPassword}, one-time code ${trialTotp}:`,
  });
  for (const one of foundedOfficers.filter(({ shown }) => shown)) {
    const { zh, en } = roleTitles[one.role];
    show(one.login, one.name, `${unitName(one.unit)} ${zh} ${en}`);
  }
}

/** A generated federation has its own people: their sign-in names, which are always the same. */
async function showLogins(): Promise<void> {
  const { trialPassword } = await import("../demo/federation.ts");
  const { signInNames } = await import("../demo/generate/officers.ts");
  const { trialTotp } = await import("../people/sign-in/index.ts");
  say({
    zh: `虚构的联合会（生成的）。工会干部（/o）密码 ${trialPassword}，动态码 ${trialTotp}，登录名：`,
    en: `A generated fictitious federation. Officers (/o): password ${trialPassword}, one-time code ${trialTotp}, sign-in names:`,
  });
  process.stdout.write(`  ${signInNames.join(" ")}\n`);
}
