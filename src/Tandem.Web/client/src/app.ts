import { startAgo } from "./ago";
import { startBuilder } from "./builder";
import { startColumns } from "./columns";
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
startColumns();
startHome();
startForm();
startLive();
