// Until the messages of this widget are declared in Python.
export type Requests = any;
export interface Response {
  units: any[];
  [field: string]: any;
}
export type Sweep = any;
export type Search = any;
export type Controls = any;
export type Explained = any;
