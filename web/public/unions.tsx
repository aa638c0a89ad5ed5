import type { ReactNode } from "react";
import { FieldInput, FormProvider } from "../shared/fields/field.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { go } from "../shared/router.tsx";
import type { Field } from "../shared/types.ts";
import { Page } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({
  title: { zh: "查工会", en: "Find a union" },
  name: { zh: "工会或单位名称", en: "Name of the union or workplace" },
});

const field: Field = { key: "unit", kind: "unit", label: w.name, required: true };

/** Finds a union by its name. */
export default function Unions(): ReactNode {
  const { t } = useLang();
  return (
    <Page title={t(w.title)}>
      <FormProvider value={{ today: "", fictitious: true, lookUp: { unit: "/public/units" } }}>
        <FieldInput
          field={field}
          value={undefined}
          onChange={(id) => id !== undefined && go(to.union(String(id)))}
        />
      </FormProvider>
    </Page>
  );
}
