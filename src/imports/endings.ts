// Names of files that attention made elsewhere comes in. Formats that are refused are among them, so that they are refused
// in words that say what to save instead.

export const ELSEWHERE =
  /\.(safetensors|json|jsonl|ipynb|npy|npz|html?|zip|pth?|pkl|pickle|h5|hdf5|mat|parquet|arrow|feather)(\.(gz|xz|bz2|zst))?$/i;
