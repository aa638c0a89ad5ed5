import type { ReactNode } from "react";
import { useLang, words } from "../../shared/lang.tsx";
import { Dialog } from "../parts/dialog.tsx";

const w = words({
  title: { zh: "快捷键与帮助", en: "Keys and help" },
  down: { zh: "下一行", en: "Next line" },
  up: { zh: "上一行", en: "Previous line" },
  open: { zh: "打开这一行", en: "Open the line" },
  pick: { zh: "选上或不选这一行（可一并办的）", en: "Choose the line, where several may be taken together" },
  find: { zh: "查人、办件、组织", en: "Find people, cases, unions" },
  first: { zh: "办第一个可办的动作", en: "Take the first action offered" },
  help: { zh: "打开这一页", en: "This page" },
  close: { zh: "关闭窗口", en: "Close a window" },
  how: { zh: "怎么看", en: "How to read the desk" },
  clocks: {
    zh: "待办按期限排：逾期、今天、本周、以后。红色表示逾期，旁边总有文字。",
    en: "The inbox is ordered by its clocks: overdue, today, this week, later. Red means overdue, and words say so too.",
  },
  grey: {
    zh: "灰色的按钮现在不能按，下面写着为什么、依据哪一条。",
    en: "A grey button cannot be pressed now; the reason and its rule stand below it.",
  },
  masked: {
    zh: "证件号、手机号默认遮住。要看全号得写明用途，本人能看到是谁看的。",
    en: "Personal numbers are masked. To see one you say what for, and the person can see that you did.",
  },
  address: {
    zh: "筛选和打开的页都在地址里，复制给同事，看到的一样。",
    en: "Filters and pages are in the address: send it to a colleague and they see the same.",
  },
});

export function Help({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useLang();
  const keys = [
    ["j", t(w.down)],
    ["k", t(w.up)],
    ["Enter", t(w.open)],
    ["x", t(w.pick)],
    ["a", t(w.first)],
    ["/", t(w.find)],
    ["?", t(w.help)],
    ["Esc", t(w.close)],
  ] as const;
  return (
    <Dialog title={t(w.title)} onClose={onClose}>
      <dl className="facts wide">
        {keys.map(([key, what]) => (
          <div key={key} style={{ display: "contents" }}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <h3 style={{ margin: "20px 0 8px" }}>{t(w.how)}</h3>
      <ul style={{ listStyle: "disc", paddingLeft: 20, display: "grid", gap: 6 }}>
        <li>{t(w.clocks)}</li>
        <li>{t(w.grey)}</li>
        <li>{t(w.masked)}</li>
        <li>{t(w.address)}</li>
      </ul>
    </Dialog>
  );
}
