import "./fonts.css";
import { render } from "preact";

render(<p>headscope</p>, document.getElementById("app")!);
