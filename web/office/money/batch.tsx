import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { BatchView } from "./batch-view.tsx";

/** A batch on a page of its own. */
export function BatchPage(): ReactNode {
  const { id } = useParams({ strict: false });
  return <BatchView key={id} id={id ?? ""} whole />;
}
