import type { ReactNode } from "react";
import type { Text } from "../../../src/kernel/words.ts";
import { useLang } from "../../shared/lang.tsx";

/** States of things other than cases, as words with a mark. */

type Kind = "good" | "warn" | "bad" | "idle" | "";

const tables: Readonly<Record<string, Readonly<Record<string, readonly [string, string, Kind]>>>> = {
  notice: {
    up: ["公示中", "Up", "good"],
    blocked: ["有异议，暂停", "Stopped by an objection", "bad"],
    over: ["已期满", "Over", "idle"],
    withdrawn: ["已撤下", "Taken down", "idle"],
  },
  grant: {
    decided: ["待发放", "To be paid", "warn"],
    batched: ["已列入批次", "In a batch", ""],
    paid: ["已到账", "Paid", "good"],
    failed: ["发放失败", "Failed", "bad"],
    cancelled: ["已取消", "Cancelled", "idle"],
    recovered: ["已追回", "Recovered", "idle"],
  },
  batch: {
    draft: ["拟稿", "Draft", "idle"],
    reviewed: ["已复核", "Reviewed", ""],
    funded: ["资金已安排", "Funded", ""],
    approved: ["已批准", "Approved", ""],
    submitted_to_bank: ["已送银行", "At the bank", "warn"],
    partly_failed: ["部分失败", "Partly failed", "bad"],
    settled: ["已结清", "Settled", "good"],
    closed: ["已办结", "Closed", "good"],
    cancelled: ["已撤销", "Cancelled", "idle"],
  },
  item: {
    pending: ["待发放", "Pending", "idle"],
    paid: ["已发放", "Paid", "good"],
    failed: ["发放失败", "Failed", "bad"],
    corrected: ["已更正", "Corrected", "warn"],
    refunded: ["银行退回", "Sent back", "bad"],
    recovered: ["已追回", "Recovered", "idle"],
    removed: ["已移出", "Removed", "idle"],
  },
  case: {
    open: ["在办", "Open", ""],
    ended: ["已办结", "Ended", "idle"],
  },
  unit: {
    ACTIVE: ["正常", "Active", "good"],
    PREPARING: ["筹建", "Being founded", "warn"],
    SUSPENDED: ["停止活动", "Suspended", "warn"],
    DISSOLVED: ["已撤销", "Dissolved", "idle"],
    MERGED: ["已合并", "Merged", "idle"],
  },
  import: {
    read: ["等您核对", "To be checked", "warn"],
    cancelled: ["已取消", "Cancelled", "idle"],
    running: ["正在读取", "Reading", "warn"],
    tried: ["试过，未写入", "Tried, nothing written", "idle"],
    done: ["已完成", "Done", "good"],
    failed: ["没有完成", "Failed", "bad"],
  },
  fund: {
    open: ["使用中", "Open", "good"],
    closed: ["已关闭", "Closed", "idle"],
  },
};

/** A state of a kind of thing (`batch`, `notice`) in words; one not known here stands as it is. */
export function stateText(kind: string, value: string): Text {
  const found = tables[kind]?.[value];
  return found ? { zh: found[0], en: found[1] } : { zh: value, en: value };
}

/**
 * The words with their colour. A title from the server goes before the words known here; the colour is this
 * table's.
 */
export function State(props: {
  readonly kind: string;
  readonly value: string;
  readonly title?: Text | undefined;
}): ReactNode {
  const { t } = useLang();
  const mark = tables[props.kind]?.[props.value]?.[2] ?? "";
  return <span className={`state ${mark}`}>{t(props.title ?? stateText(props.kind, props.value))}</span>;
}
