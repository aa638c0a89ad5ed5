import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { addressOf, ask, type Problem } from "../../shared/api.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { useSlowly } from "../../shared/slowly.ts";
import type { List } from "../../shared/types.ts";
import type { MemberLine } from "../types.ts";
import { typedNumber } from "./typed-number.ts";

const w = words({
  find: { zh: "姓名、拼音首字母、证件号或手机号", en: "Name, initials, ID or phone number" },
  none: {
    zh: "没有找到。会员不在名册里的，先导入名册。",
    en: "Nothing found. Someone not on the roster must be imported first.",
  },
  again: { zh: "换一个人", en: "Choose somebody else" },
  born: { zh: "{year} 年生", en: "born {year}" },
});

/** Chooses a member in scope. Numbers travel in a body. */
export function PickMember(props: {
  readonly value: string | undefined;
  readonly onChange: (id: string | undefined) => void;
}): ReactNode {
  const { t } = useLang();
  const [typed, setTyped] = useState("");
  const q = useSlowly(typed.trim());
  const number = typedNumber(q);
  const found = useQuery<List<MemberLine>, Problem>({
    queryKey: ["pick-member", number === null ? q : typed.length],
    enabled: q !== "" && !props.value,
    gcTime: 0,
    queryFn: () =>
      number !== null
        ? ask("/api/members/search", { method: "POST", body: { q: number } })
        : ask(addressOf("/members", {}, { q, limit: 8 })),
  });
  const chosen = useAnswer<{ readonly person: { readonly name: string; readonly unitName?: string | null } }>(
    addressOf("/members/:id", { id: props.value ?? "" }),
    { enabled: props.value !== undefined },
  );
  if (props.value)
    return (
      <p style={{ display: "flex", gap: 12, alignItems: "center" }}>
        <b>{chosen.data?.person.name ?? "…"}</b>
        <span className="muted">{chosen.data?.person.unitName}</span>
        <button type="button" className="button" onClick={() => props.onChange(undefined)}>
          {t(w.again)}
        </button>
      </p>
    );
  return (
    <>
      <input
        className="input"
        style={{ maxWidth: 420 }}
        type="search"
        autoComplete="off"
        aria-label={t(w.find)}
        placeholder={t(w.find)}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {found.data && (
        <div className="rows" style={{ marginTop: 8, maxWidth: 560 }}>
          {found.data.items.map((one) => (
            <button type="button" className="row" key={one.id} onClick={() => props.onChange(one.id)}>
              <b>{one.name}</b>
              <span className="soft">{one.birthYear ? t(w.born, { year: one.birthYear }) : ""}</span>
              <span className="soft" style={{ marginLeft: "auto" }}>
                {one.unitName}
              </span>
            </button>
          ))}
          {found.data.items.length === 0 && <p className="row soft">{t(w.none)}</p>}
        </div>
      )}
    </>
  );
}
