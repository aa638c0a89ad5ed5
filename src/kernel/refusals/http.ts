import type { RefusalTable } from "./table.ts";

/** What any request may be refused for, before or beside its rule. */
export const httpRefusals = {
  malformed: {
    status: 400,
    zh: "请求的内容不合格式：{why}。",
    en: "The request is not in the form expected: {why}.",
  },
  "too-deep": {
    status: 400,
    zh: "请求的内容嵌套太深，最多 {max} 层。",
    en: "The request is nested too deeply; {max} levels are the most.",
  },
  "not-signed-in": { status: 401, zh: "请先登录。", en: "Please sign in first." },
  "not-yours": {
    status: 403,
    zh: "您的岗位没有这项职权，由有这项职权的岗位办理。",
    en: "Your post does not carry this power. It is for a post that does.",
  },
  "not-found": {
    status: 404,
    zh: "没有找到，或您无权查看。",
    en: "Not found, or not for you to see.",
  },
  "not-offered": {
    status: 409,
    zh: "现在不能办这一步。目前可以：{offered}。",
    en: "This step is not offered now. What is: {offered}.",
  },
  "same-id-other-content": {
    status: 409,
    zh: "这个编号已用于另一份内容。请刷新后重试。",
    en: "This id was already used for other content. Refresh and try again.",
  },
  "changed-meanwhile": {
    status: 409,
    zh: "您查看期间，这条记录已被修改。请刷新后再办。",
    en: "The record was changed while you were reading it. Refresh, then go on.",
  },
  "too-slow": {
    status: 408,
    zh: "{seconds} 秒内没有收到完整的内容，这次没有保存。请在网络较好时再试一次。",
    en: "Not all of it arrived within {seconds} seconds, so nothing was saved. Please try again on a better connection.",
  },
  "too-large": {
    status: 413,
    zh: "内容太大，最多 {max}。",
    en: "Too large; {max} is the most.",
  },
  "wrong-media-type": {
    status: 415,
    zh: "不支持这种内容类型：{type}。",
    en: "Content of this type is not accepted: {type}.",
  },
  "too-many": {
    status: 429,
    zh: "操作太频繁，请 {seconds} 秒后再试。",
    en: "Too many requests. Please try again in {seconds} seconds.",
  },
  unavailable: {
    status: 503,
    zh: "系统暂时繁忙，您的内容没有丢失，请稍后再试。",
    en: "The system is busy for a moment; nothing of yours is lost. Please try again shortly.",
  },
  "disk-full": {
    status: 507,
    zh: "服务器磁盘已满，这次没有保存；以前保存的内容都在，仍可查看。请通知系统管理员腾出空间，再试一次。",
    en: "The server’s disk is full, so this was not saved; everything saved before is there and can be read. Please tell the administrator to make room, then try again.",
  },
  "bad-cursor": {
    status: 400,
    zh: "翻页位置已失效，请从第一页重新查看。",
    en: "This place in the list is no longer valid. Start again from the first page.",
  },
  "bad-sign-in": {
    status: 401,
    zh: "登录名、密码或验证码不对。",
    en: "The login name, password or code is not right.",
  },
  "code-needed": {
    status: 401,
    zh: "请输入验证器应用上的 6 位动态码。",
    en: "Please enter the six-digit code from your authenticator app.",
  },
  "code-used": {
    status: 401,
    zh: "这个动态码已经用过，请等下一个（约半分钟）。",
    en: "This code was used already. Please wait for the next one, about half a minute.",
  },
  "bad-code": {
    status: 401,
    zh: "验证码不对或已过期。请核对短信，或重新获取。",
    en: "The code is not right or has expired. Check the text message, or ask for a new one.",
  },
  "name-needed": {
    status: 401,
    zh: "这个手机号登记了不止一位，请填写您的姓名。",
    en: "More than one person is registered with this number. Please give your name.",
  },
  "phone-unknown": {
    status: 401,
    zh: "这个手机号还没有登记。请填写姓名并选择所在单位的工会，以新用户身份继续；已是会员的，请工会核对名册上的手机号。",
    en: "This number is not registered. Give your name and choose the union of your workplace to go on as a newcomer; if you are a member already, ask your union to check the number on its roster.",
  },
  csrf: {
    status: 403,
    zh: "为了您的安全，请刷新页面后再试。",
    en: "For your safety, refresh the page and try again.",
  },
  "password-weak": {
    status: 422,
    zh: "密码至少 {min} 位，且不能是常见密码或与登录名相同。",
    en: "A password has at least {min} characters and is neither a common one nor the login name.",
  },
  "password-wrong": { status: 422, zh: "现在的密码不对。", en: "The present password is not right." },
  "login-taken": {
    status: 409,
    zh: "登录名「{login}」已有人使用。",
    en: "The login name “{login}” is taken.",
  },
  "bad-login": {
    status: 422,
    zh: "登录名为 3–60 位小写字母、数字、点、横线，不能是手机号。",
    en: "A login name is 3–60 lower-case letters, digits, dots and dashes, and no phone number.",
  },
  "setup-expired": {
    status: 422,
    zh: "设置已过期，请重新开始。",
    en: "This setup has expired. Please start again.",
  },
  "oidc-failed": {
    status: 401,
    zh: "统一身份认证没有完成，请重试或改用其他方式登录。",
    en: "The identity service did not complete the sign-in. Try again, or sign in another way.",
  },
  "oidc-unknown": {
    status: 403,
    zh: "您的统一身份尚未与本系统的人员对应，请用手机验证码登录一次，或联系本单位工会。",
    en: "Your identity is not yet matched to a person here. Sign in once by phone code, or ask your union.",
  },
} satisfies RefusalTable;
