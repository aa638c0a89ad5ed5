import { useSyncExternalStore } from "react";

/** Without a network: the shell stays, the pages seen last stay, and the person is told. */

/** Start the service worker that keeps this face; development pages do without. */
export function keepOffline(): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  addEventListener("load", () => {
    navigator.serviceWorker.register("/w/sw.js").catch(() => {
      // A browser that refuses it (private mode, plain http on a LAN) still has the online face.
    });
  });
}

/** Forget the answers kept for offline: somebody else may pick up this phone. */
export function forgetSeen(): void {
  navigator.serviceWorker?.controller?.postMessage("forget");
}

function subscribe(then: () => void): () => void {
  addEventListener("online", then);
  addEventListener("offline", then);
  return () => {
    removeEventListener("online", then);
    removeEventListener("offline", then);
  };
}

/** Whether the phone has a network, as far as it knows. */
export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}
