import { createContext, type ReactNode, useContext, useId, useState } from "react";
import { isMark } from "../../../src/procedures/marks.ts";
import { Icon } from "../icons.tsx";
import { useLang, words } from "../lang.tsx";
import type { Answers, Field } from "../types.ts";
import { namesAmong } from "./among.ts";
import { ListInput } from "./list.tsx";
import { MarkControl } from "./mark.tsx";
import { plainNumber, readNumber } from "./number.ts";
import { PapersInput } from "./papers.tsx";
import { Picker } from "./picker.tsx";
import "./fields.css";

/** One control per kind of question, drawn from its declaration; label, help and fault are always joined to it. */

const fieldWords = words({
  optional: { zh: "（可不填）", en: "(optional)" },
  yes: { zh: "是", en: "Yes" },
  no: { zh: "否", en: "No" },
  yuan: { zh: "元", en: "yuan" },
  agree: { zh: "我已阅读并同意", en: "I have read this and agree" },
  left: { zh: "还可以写 {n} 字", en: "{n} characters left" },
});

/** A kind of paper: its name, when it is needed, and whether this household needs it, once that is known. */
export interface PaperLabel {
  readonly label: string;
  readonly when?: string;
  readonly needed?: boolean;
}

/** What the controls of a form must know beside their own question. */
export interface FormKnowing {
  readonly today: string;
  readonly fictitious: boolean;
  /** The case to which papers go, once there is one. */
  readonly caseId?: string;
  /** Names of the kinds of paper, and when each is needed. */
  readonly paperLabels?: Readonly<Record<string, PaperLabel>>;
  /** Papers are named and not drawn: to fetch one is to look at it, and whoever it is of reads who looked. */
  readonly unlooked?: boolean;
  /** Where `unit`, `person` and `officers` are looked up. */
  readonly lookUp?: Partial<Record<"unit" | "person" | "officers", string>>;
}

const Knowing = createContext<FormKnowing>({ today: "", fictitious: false });
export const FormProvider = Knowing;

/** What the form around a control knows; outside one there is no day, no case and no paper. */
export function useForm(): FormKnowing {
  return useContext(Knowing);
}

export interface FieldProps {
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly fault?: string | undefined;
  /** Where a filled-in value comes from. */
  readonly known?: string | undefined;
  /** The label is the page's heading: one question a screen. */
  readonly question?: boolean;
  /** The form's other answers, of which a question may name one. */
  readonly answers?: Answers;
}

/** A question with its control. */
export function FieldInput(props: FieldProps): ReactNode {
  const { field, fault, known, question = false } = props;
  const { t } = useLang();
  const form = useForm();
  const id = useId();
  const help = field.help ? t(field.help) : undefined;
  const said = [help && `${id}-help`, known && `${id}-known`, fault && `${id}-fault`]
    .filter(Boolean)
    .join(" ");
  const label = (
    <>
      {t(field.label)}
      {isOptional(field, form) && <span className="optional"> {t(fieldWords.optional)}</span>}
    </>
  );
  const title = question ? <h1 tabIndex={-1}>{label}</h1> : label;
  const under = (
    <>
      {help && (
        <p className="help" id={`${id}-help`}>
          {help}
        </p>
      )}
      {known && (
        <p className="known" id={`${id}-known`}>
          <Icon name="check" />
          <span>{known}</span>
        </p>
      )}
      {fault && (
        <p className="fault" id={`${id}-fault`} role="alert">
          <Icon name="warning" />
          <span>{fault}</span>
        </p>
      )}
    </>
  );
  const shared: Control = { ...props, id, said: said || undefined };
  const className = question ? "field question" : "field";
  const among = namesAmong(field, props.answers);
  if (among.length > 0 && !isMark(props.value)) {
    return (
      <fieldset className={className} aria-describedby={said || undefined} data-key={field.key}>
        <legend>{title}</legend>
        {under}
        <GroupControl {...shared} field={{ ...field, kind: "oneOf", options: among }} />
      </fieldset>
    );
  }
  if (grouped.has(field.kind)) {
    return (
      <fieldset className={className} aria-describedby={said || undefined} data-key={field.key}>
        <legend>{title}</legend>
        {under}
        <GroupControl {...shared} />
      </fieldset>
    );
  }
  return (
    <div className={className} data-key={field.key}>
      <label htmlFor={id}>{title}</label>
      {under}
      <SingleControl {...shared} />
    </div>
  );
}

/** Papers that these answers call for are not optional, whatever the declaration leaves open. */
function isOptional(field: Field, form: FormKnowing): boolean {
  if (field.required) return false;
  const labels = form.paperLabels ?? {};
  return (
    field.kind !== "papers" || !(field.accept ?? Object.keys(labels)).some((kind) => labels[kind]?.needed)
  );
}

const grouped: ReadonlySet<Field["kind"]> = new Set([
  "oneOf",
  "manyOf",
  "yesNo",
  "consent",
  "papers",
  "list",
  "officers",
]);

export interface Control extends FieldProps {
  readonly id: string;
  readonly said: string | undefined;
}

function GroupControl(props: Control): ReactNode {
  const { field, value, onChange } = props;
  const { t } = useLang();
  switch (field.kind) {
    case "papers":
      return <PapersInput {...props} />;
    case "list":
      return <ListInput {...props} />;
    case "officers":
      return <Picker {...props} many />;
    case "consent":
      return (
        <div className="choices">
          <label className="choice">
            <input
              type="checkbox"
              checked={value === true}
              onChange={(event) => onChange(event.target.checked || undefined)}
            />
            <span>{t(fieldWords.agree)}</span>
          </label>
        </div>
      );
    case "manyOf": {
      const chosen = Array.isArray(value) ? (value as readonly string[]) : [];
      return (
        <div className="choices">
          {(field.options ?? []).map((option) => (
            <label className="choice" key={option.value}>
              <input
                type="checkbox"
                checked={chosen.includes(option.value)}
                onChange={(event) =>
                  onChange(
                    event.target.checked
                      ? [...chosen, option.value]
                      : chosen.filter((one) => one !== option.value),
                  )
                }
              />
              <span>{t(option.label)}</span>
            </label>
          ))}
        </div>
      );
    }
    default: {
      const options =
        field.kind === "yesNo"
          ? [
              { value: "true", label: fieldWords.yes },
              { value: "false", label: fieldWords.no },
            ]
          : (field.options ?? []);
      const held = field.kind === "yesNo" ? (value === undefined ? "" : String(value)) : value;
      return (
        <div className="choices">
          {options.map((option) => (
            <label className="choice" key={option.value}>
              <input
                type="radio"
                name={props.id}
                checked={held === option.value}
                onChange={() => onChange(field.kind === "yesNo" ? option.value === "true" : option.value)}
              />
              <span>{t(option.label)}</span>
            </label>
          ))}
        </div>
      );
    }
  }
}

function SingleControl(props: Control): ReactNode {
  const { field, value, onChange, id, said, fault } = props;
  const { t } = useLang();
  const common = {
    id,
    "aria-describedby": said,
    "aria-invalid": fault ? true : undefined,
    "aria-required": field.required || undefined,
  };
  if (isMark(value)) return <MarkControl common={common} mark={value} onChange={onChange} />;
  const text = typeof value === "string" ? value : "";
  switch (field.kind) {
    case "longText": {
      const left = (field.maxLength ?? 2_000) - text.length;
      return (
        <>
          <textarea
            {...common}
            className="input"
            value={text}
            maxLength={field.maxLength}
            onChange={(event) => onChange(event.target.value)}
          />
          {left < 100 && <p className="help">{t(fieldWords.left, { n: left })}</p>}
        </>
      );
    }
    case "integer":
    case "money":
    case "percent":
      return <NumberControl {...props} common={common} />;
    case "day":
    case "month":
      return (
        <input
          {...common}
          className="input short"
          type={field.kind === "day" ? "date" : "month"}
          value={text}
          onChange={(event) => onChange(event.target.value || undefined)}
        />
      );
    case "unit":
    case "person":
      return <Picker {...props} />;
    case "idNumber":
      return (
        <input
          {...common}
          className="input"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={24}
          value={text}
          onChange={(event) => onChange(event.target.value.trim() || undefined)}
        />
      );
    case "phone":
      return (
        <input
          {...common}
          className="input"
          type="tel"
          inputMode="tel"
          autoComplete="tel"
          value={text}
          onChange={(event) => onChange(event.target.value.trim() || undefined)}
        />
      );
    case "bankCard":
      return (
        <input
          {...common}
          className="input"
          inputMode="numeric"
          autoComplete="off"
          maxLength={30}
          value={text.includes("*") ? text : text.replace(/(\d{4})(?=\d)/g, "$1 ")}
          onChange={(event) => onChange(event.target.value.replace(/\s/g, "") || undefined)}
        />
      );
    default:
      return (
        <input
          {...common}
          className="input"
          type="text"
          maxLength={field.maxLength}
          value={text}
          onChange={(event) => onChange(event.target.value || undefined)}
        />
      );
  }
}

/** Amounts are typed in yuan and held in fen, shares typed in per cent and held in basis points. */
function NumberControl(props: Control & { readonly common: object }): ReactNode {
  const { field, value, onChange } = props;
  const { t } = useLang();
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const scale = field.kind === "integer" ? 1 : 100;
  const held = typeof value === "number" ? plainNumber(value, scale) : typeof value === "string" ? value : "";
  const input = (
    <input
      {...props.common}
      className="input short"
      inputMode={field.kind === "integer" ? "numeric" : "decimal"}
      autoComplete="off"
      value={typed ?? held}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(readNumber(event.target.value, scale));
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
  if (field.kind === "integer") return input;
  return (
    <div className="affixed">
      {input}
      <span>{field.kind === "money" ? t(fieldWords.yuan) : "%"}</span>
    </div>
  );
}
