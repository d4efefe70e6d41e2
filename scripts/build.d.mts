/** Builds what is out of date; resolves to the names of the parts built. `say` gets one line for each. */
export function build(say?: (line: string) => void): Promise<string[]>;
