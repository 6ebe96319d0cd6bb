/** The sizes of servers that this provider makes, under the names that everyone writes. Declared, never asked for. */

export const PLANS = {
  small: { cpu: 1, memoryMiB: 1024, diskGiB: 10, nativeName: "__NAME__-1" },
  medium: { cpu: 2, memoryMiB: 2048, diskGiB: 20, nativeName: "__NAME__-2" },
  large: { cpu: 4, memoryMiB: 4096, diskGiB: 40, nativeName: "__NAME__-4" },
  xlarge: { cpu: 8, memoryMiB: 8192, diskGiB: 80, nativeName: "__NAME__-8" },
};
