import { type ReactNode, useId, useState } from "react";
import { addressOf } from "../api.ts";
import { Icon } from "../icons.tsx";
import { useLang, words } from "../lang.tsx";
import { useAnswer } from "../query.tsx";
import { useSlowly } from "../slowly.ts";
import type { List } from "../types.ts";
import { Awaited } from "../ui.tsx";
import { type Control, useForm } from "./field.tsx";

const w = words({
  search: { zh: "输入名称查找", en: "Type a name to search" },
  searchPeople: { zh: "输入姓名查找", en: "Type a name to search" },
  none: { zh: "没有找到。换个字再试。", en: "Nothing found. Try other words." },
  chosen: { zh: "已选：{name}", en: "Chosen: {name}" },
  change: { zh: "重新选择", en: "Choose again" },
  remove: { zh: "去掉 {name}", en: "Remove {name}" },
});

/** What the look-up of unions, people or officers gives: enough to choose by. */
interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly unitName?: string;
  readonly parentName?: string;
  readonly levelTitle?: { readonly zh: string; readonly en: string };
  readonly roleTitle?: { readonly zh: string; readonly en: string };
  readonly birthYear?: number;
}

const places = { unit: "/units", person: "/members", officers: "/officers" } as const;
const names = new Map<string, string>();

/** Chooses a union, a person or officers by searching; the answer is an id, or ids. */
export function Picker(props: Control & { readonly many?: boolean }): ReactNode {
  const { field, value, onChange, id, many = false } = props;
  const { t } = useLang();
  const form = useForm();
  const [typed, setTyped] = useState("");
  const query = useSlowly(typed);
  const listId = useId();
  const kind = field.kind as keyof typeof places;
  const chosen = many ? ((value as readonly string[] | undefined) ?? []) : value ? [String(value)] : [];
  const nameOf = (one: string): string => names.get(one) ?? "…";
  const seeking = many || chosen.length === 0;
  return (
    <div>
      {chosen.length > 0 && (
        <div className="rows" style={{ marginTop: 12 }}>
          {chosen.map((one) => (
            <div className="row" key={one}>
              <Icon name="check" />
              <span className="grow strong">
                <Named id={one} kind={kind} name={names.get(one)} />
              </span>
              <button
                type="button"
                className="button quiet"
                aria-label={many ? t(w.remove, { name: nameOf(one) }) : t(w.change)}
                onClick={() => {
                  const rest = chosen.filter((other) => other !== one);
                  onChange(many && rest.length > 0 ? rest : undefined);
                }}
              >
                {many ? <Icon name="close" /> : t(w.change)}
              </button>
            </div>
          ))}
        </div>
      )}
      {seeking && (
        <>
          <input
            id={id}
            className="input"
            type="search"
            role="combobox"
            aria-expanded={query !== ""}
            aria-controls={listId}
            aria-label={many ? t(kind === "unit" ? w.search : w.searchPeople) : undefined}
            aria-describedby={props.said}
            autoComplete="off"
            placeholder={t(kind === "unit" ? w.search : w.searchPeople)}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (typed === "" || !["ArrowDown", "Enter"].includes(event.key)) return;
              event.preventDefault(); // Enter here takes the first that is found, and does not send the form.
              const first = optionsOf(listId)[0];
              if (event.key === "Enter") first?.click();
              else first?.focus();
            }}
          />
          <Candidates
            id={listId}
            address={addressOf(form.lookUp?.[kind] ?? places[kind], {}, { q: query, limit: 20 })}
            asking={query.trim() !== ""}
            without={chosen}
            onChoose={(candidate) => {
              names.set(candidate.id, candidate.name);
              setTyped("");
              if (many) document.getElementById(id)?.focus(); // the option that was chosen is gone
              onChange(many ? [...chosen, candidate.id] : candidate.id);
            }}
          />
        </>
      )}
    </div>
  );
}

function optionsOf(listId: string): readonly HTMLElement[] {
  return [...(document.getElementById(listId)?.querySelectorAll<HTMLElement>("[role=option]") ?? [])];
}

function Candidates(props: {
  readonly id: string;
  readonly address: string;
  readonly asking: boolean;
  readonly without: readonly string[];
  readonly onChoose: (candidate: Candidate) => void;
}): ReactNode {
  const { t } = useLang();
  const found = useAnswer<List<Candidate>>(props.address, { enabled: props.asking });
  return (
    <div
      id={props.id}
      role="listbox"
      tabIndex={-1}
      aria-label={t(w.search)}
      style={{ marginTop: 8 }}
      onKeyDown={(event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        const options = optionsOf(props.id);
        options[options.indexOf(event.target as HTMLElement) + step]?.focus();
      }}
    >
      {props.asking && (
        <Awaited of={found} lines={3}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="soft" role="status">
                {t(w.none)}
              </p>
            ) : (
              <div className="rows" role="presentation">
                {items
                  .filter(({ id }) => !props.without.includes(id))
                  .map((one) => (
                    <button
                      type="button"
                      role="option"
                      aria-selected={false}
                      className="row"
                      key={one.id}
                      onClick={() => props.onChoose(one)}
                    >
                      <span className="grow">
                        {one.name}
                        <span className="soft" style={{ display: "block" }}>
                          {[
                            one.unitName ?? one.parentName,
                            one.roleTitle && t(one.roleTitle),
                            one.levelTitle && t(one.levelTitle),
                            one.birthYear,
                          ]
                            .filter(Boolean)
                            .join(" · ")}
                        </span>
                      </span>
                      <Icon name="plus" />
                    </button>
                  ))}
              </div>
            )
          }
        </Awaited>
      )}
    </div>
  );
}

/** The name of what was chosen earlier: kept from the choosing, else asked for. */
function Named(props: {
  readonly id: string;
  readonly kind: keyof typeof places;
  readonly name: string | undefined;
}): ReactNode {
  const asked = useAnswer<{ name: string }>(addressOf(`${places[props.kind]}/:id`, { id: props.id }), {
    enabled: props.name === undefined && props.kind === "unit",
  });
  return props.name ?? asked.data?.name ?? "…";
}
