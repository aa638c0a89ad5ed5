import { createContext, type ReactNode, useContext } from "react";
import type { Me } from "../../shared/types.ts";

/** Who works at this desk. */

const Mine = createContext<Me | undefined>(undefined);

export function MeProvider(props: { readonly value: Me; readonly children: ReactNode }): ReactNode {
  return <Mine value={props.value}>{props.children}</Mine>;
}

/** Who is signed in. Throws outside `MeProvider`, where nobody is. */
export function useOfficer(): Me {
  const me = useContext(Mine);
  if (!me) throw new Error("nobody is signed in");
  return me;
}

/** Whether some post carries a power. The server asks again. */
export function can(me: Me, power: string): boolean {
  return me.powers.some((one) => one.power === power);
}

/** The union where a power is held: the first. */
export function unitWith(me: Me, power: string): string | undefined {
  return me.powers.find((one) => one.power === power)?.units[0];
}

/** The union the officer mostly works for: that of the first post. */
export function homeUnit(me: Me): { readonly id: string; readonly name: string } | undefined {
  return me.posts[0]?.unit ?? me.person.unit ?? undefined;
}
