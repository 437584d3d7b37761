// Until the messages of this widget are declared in Python.
export type Requests = any;
export interface Response {
  units: any[];
  [field: string]: any;
}
export interface Smallest {
  best: any[];
  [field: string]: any;
}
export interface Controls {
  rows: any[];
  [field: string]: any;
}
