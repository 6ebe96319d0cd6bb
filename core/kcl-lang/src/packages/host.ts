/** File access, given by the caller, so that the language itself runs anywhere. All methods are synchronous and never throw for missing files. */
export interface KclHost {
  readFile(path: string): string | undefined;
  /** Names inside a folder, or undefined when there is none. */
  listDir(path: string): string[] | undefined;
  isDirectory(path: string): boolean;
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
