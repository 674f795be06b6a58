import { startAgo } from "./ago";
import { startBuilder } from "./builder";
import { startList } from "./cells";
import { startForm } from "./form";
import { startHome } from "./home";
import { startJump } from "./jump";
import { startLive } from "./live";
import { startMenus } from "./menu";

startMenus();
startJump();
startAgo();
startList();
startBuilder();
startHome();
startForm();
startLive();
