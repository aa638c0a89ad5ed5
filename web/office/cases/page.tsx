import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { CaseView } from "./view.tsx";

/** A case on a page of its own. */
export function CasePage(): ReactNode {
  const { id } = useParams({ strict: false });
  return <CaseView key={id} id={id ?? ""} />;
}
