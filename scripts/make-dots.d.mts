/** src/trace/dots/dots.wat, compiled, in base64. */
export function compiledDots(): Promise<string>;
