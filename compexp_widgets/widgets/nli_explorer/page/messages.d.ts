// Until the messages of this widget are declared in Python.
export type Requests = any;
export interface PairSettings {
  tab?: any;
  firing?: any;
}
