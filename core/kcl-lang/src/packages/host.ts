/** File access, given by the caller, so that the language itself runs anywhere. All methods are synchronous and never throw for missing files. */
export interface KclHost {
  readFile(path: string): string | undefined;
  /** Names inside a folder, or undefined when there is none. */
  listDir(path: string): string[] | undefined;
  isDirectory(path: string): boolean;
  /** Where a path really leads, with symbolic links followed; for a new file where it would be made. Undefined when that cannot be told. */
  realPath?(path: string): string | undefined;
  /** Whether programs may use files outside of their module. Default: false. */
  readonly outside?: boolean;
  /** Folders that programs may use besides their module. */
  readonly folders?: readonly string[];
  /** Whether a program may use a path; absent where nothing is forbidden. */
  mayUse?(path: string): boolean;
  /** What the module `file` may do beyond reading; absent hosts refuse. */
  readonly files?: KclFileActions;
  /** Environment variable, for `file.read_env`. */
  readEnvironment?(name: string): string | undefined;
}

/** Changes to files, for the system module `file`. Errors are thrown as they come. */
export interface KclFileActions {
  write(path: string, text: string): void;
  append(path: string, text: string): void;
  makeFolder(path: string, existsOk: boolean): void;
  remove(path: string): void;
  copy(from: string, to: string): void;
  move(from: string, to: string): void;
  size(path: string): number;
}
