import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { App } from "../state/app";

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("a pane stands outside of the explorer");
  return app;
}
