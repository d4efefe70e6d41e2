// Imports that vite resolves to an address.
declare module "*?url" {
  const url: string;
  export default url;
}
