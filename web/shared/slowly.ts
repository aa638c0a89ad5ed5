import { useEffect, useState } from "react";

/** A value that follows another a quarter of a second later, for searching while one types. */
export function useSlowly<Value>(value: Value): Value {
  const [slow, setSlow] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(value), 250);
    return () => clearTimeout(timer);
  }, [value]);
  return slow;
}
