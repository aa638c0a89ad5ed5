import type { Handled } from "../kernel/route.ts";

export const importRoutes = {};
export const importHandlers: readonly Handled[] = [];
