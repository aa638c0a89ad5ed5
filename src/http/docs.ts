import type { Handled, RouteDef } from "../kernel/route.ts";
import type { Lang } from "../kernel/words.ts";
import { operationId, schemaOf } from "./openapi.ts";

/** The API's pages for people: one page, made from the declarations, nothing loaded from elsewhere. */
export function docsPage(handlers: readonly Handled[], lang: Lang): string {
  const groups = Map.groupBy(handlers, ({ route }) => route.tag);
  const zh = lang === "zh";
  const words = zh
    ? {
        title: "职家 API",
        intro: intro.zh,
        body: "请求",
        query: "查询",
        path: "路径",
        answer: "回答",
        power: "需要权限",
        open: "无需登录",
        file: "multipart 上传文件",
      }
    : {
        title: "Zhijia API",
        intro: intro.en,
        body: "Request",
        query: "Query",
        path: "Path",
        answer: "Answer",
        power: "power",
        open: "no sign-in",
        file: "multipart upload",
      };
  const nav = [...groups.keys()].map((tag) => `<a href="#${html(tag)}">${html(tag)}</a>`).join(" ");
  const section = (tag: string, routes: readonly RouteDef[]): string =>
    `<section id="${html(tag)}"><h2>${html(tag)}</h2>${routes.map(entry).join("")}</section>`;
  const entry = (route: RouteDef): string => {
    const marks = [
      route.public ? words.open : "",
      route.power !== undefined ? `${words.power} ${route.power}` : "",
      route.multipart ? words.file : "",
    ].filter((mark) => mark !== "");
    const parts: readonly (readonly [string, RouteDef["response"] | undefined])[] = [
      [words.path, route.params],
      [words.query, route.query],
      [words.body, route.body],
      [`${words.answer} ${route.status ?? 200}`, route.status === 204 ? undefined : route.response],
    ];
    const shapes = parts
      .map(([name, schema]) =>
        schema ? `<h4>${name}</h4><pre>${html(JSON.stringify(schemaOf(schema), null, 1))}</pre>` : "",
      )
      .join("");
    return `<details id="${operationId(route)}"><summary><b class="${route.method}">${route.method}</b> <code>/api${html(route.url)}</code> ${html(route.summary[lang])}${marks.map((mark) => ` <i>${html(mark)}</i>`).join("")}</summary>${shapes}</details>`;
  };
  const sections = [...groups]
    .map(([tag, list]) =>
      section(
        tag,
        list.map(({ route }) => route),
      ),
    )
    .join("");
  return `<!doctype html><html lang="${zh ? "zh-CN" : "en"}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${words.title}</title><style>${style}</style></head><body><main><h1>${words.title}</h1>${words.intro}<p><a href="/api/openapi.json">openapi.json</a></p><nav>${nav}</nav>${sections}</main></body></html>`;
}

const intro = {
  zh: `<p>金额为整数分，字段以 <code>Fen</code> 结尾；日期 <code>YYYY-MM-DD</code>；时刻 RFC 3339；列表为 <code>{items, next}</code>，带 <code>cursor</code> 取下一页。每个写操作由调用方自带 <code>id</code>：重复发送无害，同一 id 内容不同则被拒绝。语言用 <code>Accept-Language: zh|en</code>。</p><p>拒绝用 <code>application/problem+json</code>，<code>code</code> 不变：400 不合格式，401 未登录，403 无权限，404 没有或不可知，409 现在不能办（<code>offered</code> 列出能办的），413 太大，422 不符合规定（<code>source</code> 是依据），429 太频繁，503 繁忙（见 Retry-After）。</p>`,
  en: `<p>Amounts are integer fen in fields ending in <code>Fen</code>; days are <code>YYYY-MM-DD</code>; instants RFC 3339; lists <code>{items, next}</code>, with <code>cursor</code> for the next page. Every change is named by the caller's own <code>id</code>: the same again is harmless, the same id with other content is refused. Language by <code>Accept-Language: zh|en</code>.</p><p>Refusals are <code>application/problem+json</code> with a stable <code>code</code>: 400 malformed, 401 not signed in, 403 not yours, 404 not there or not for you to know, 409 not offered now (<code>offered</code> lists what is), 413 too large, 422 against a rule (<code>source</code> names it), 429 too many, 503 busy (see Retry-After).</p>`,
} as const;

const style = `body{margin:0;background:#fff;color:#1f2328;font:15px/1.6 -apple-system,"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans SC",sans-serif}main{max-width:960px;margin:0 auto;padding:24px}h1{font-size:24px}h2{font-size:18px;margin:32px 0 8px;border-bottom:1px solid #e3e5e8}h4{margin:12px 0 4px}nav{display:flex;flex-wrap:wrap;gap:8px 16px}a{color:#b42318}details{border:1px solid #e3e5e8;border-radius:8px;margin:8px 0;padding:8px 12px}summary{cursor:pointer}summary b{display:inline-block;min-width:64px;font-weight:600}summary i{font-style:normal;color:#57606a;background:#f6f7f8;border-radius:4px;padding:0 6px;margin-left:4px}code,pre{font:13px/1.5 ui-monospace,Menlo,Consolas,monospace}pre{background:#f6f7f8;border-radius:8px;padding:12px;overflow:auto;max-height:480px}`;

function html(value: string): string {
  return value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
