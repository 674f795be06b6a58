using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Choosing a password, signing in by it, being locked out, one's own account, and what administrators see.</summary>
public sealed class AccountsTests(Stage stage) : Scenario(stage)
{
    private const string First = "a long and quiet evening";
    private const string Second = "another quiet evening";

    [Fact]
    public async Task Person_Invited_ChoosesAPasswordAndComesBackByIt()
    {
        var served = await OwnAsync(Data.Bakery, Store.Sqlite);
        var (_, link) = await served.InviteAsync("Nora Lind", "editor");
        var nora = await StrangerAsync(served);
        await nora.Page.GotoAsync(link);
        await Expect(nora.Page.GetByRole(AriaRole.Heading, new() { Name = "Welcome, Nora Lind" })).ToBeVisibleAsync();
        await nora.Page.GetByLabel("Password").FillAsync(First);
        await nora.ClickAsync("Sign in");
        await Expect(nora.Page.GetByLabel("Menu of Nora Lind")).ToBeVisibleAsync();
        await SignOutAsync(nora);

        await SignInAsync(nora, "Nora Lind", "not this one, I think");
        await Expect(nora.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The name or the password is wrong.");
        await Expect(nora.Page.GetByLabel("Name")).ToHaveValueAsync("Nora Lind");
        await nora.Page.GetByLabel("Password or token").FillAsync(First);
        await nora.ClickAsync("Sign in");
        await Expect(nora.Page.GetByLabel("Menu of Nora Lind")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Person_WrongFiveTimes_IsAskedToWait()
    {
        var served = await OwnAsync(Data.Bakery, Store.Sqlite);
        var guesser = await StrangerAsync(served);
        for (var i = 0; i < 5; i++)
        {
            await guesser.VisitAsync("/sign-in");
            await SignInAsync(guesser, "Nora Lind", $"guess number {i}");
        }

        await Expect(guesser.Page.GetByRole(AriaRole.Heading, new() { Name = "Please wait" })).ToBeVisibleAsync();
        await Expect(guesser.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("try again in 5 minutes");
        await PictureAsync(guesser, "wait");
    }

    [Fact]
    public async Task Person_WhoChangesThePassword_EndsOtherSessionsAndStays()
    {
        var served = await OwnAsync(Data.Bakery, Store.Sqlite);
        var (_, link) = await served.InviteAsync("Nora Lind", "editor");
        var here = await StrangerAsync(served);
        await here.Page.GotoAsync(link);
        await here.Page.GetByLabel("Password").FillAsync(First);
        await here.ClickAsync("Sign in");
        await Expect(here.Page.GetByLabel("Menu of Nora Lind")).ToBeVisibleAsync();
        var there = await StrangerAsync(served);
        await there.VisitAsync("/sign-in");
        await SignInAsync(there, "Nora Lind", First);
        await Expect(there.Page.GetByLabel("Menu of Nora Lind")).ToBeVisibleAsync();
        await there.OpenAsync("/t/products/1");

        await here.VisitAsync("/account");
        await here.Page.GetByLabel("Old password").FillAsync("not the old one");
        await here.Page.GetByLabel("New password").FillAsync(Second);
        await here.ClickAsync("Save password");
        await Expect(here.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The old password is wrong.");
        await here.Page.GetByLabel("Old password").FillAsync(First);
        await here.Page.GetByLabel("New password").FillAsync(Second);
        await here.ClickAsync("Save password");
        await Expect(here.Page.GetByText("Your password is changed.")).ToBeVisibleAsync();
        await Expect(there.Banner("out")).ToContainTextAsync("You are signed out.");
        await here.OpenAsync("/t/products/1");

        // A token of one's own, shown once and revoked.
        await here.VisitAsync("/account");
        await here.Page.GetByLabel("What the new token is for").FillAsync("my script");
        await here.Page.GetByLabel("Good for").FillAsync("view");
        await here.ClickAsync("Make a token");
        var token = await here.Page.Locator("code.secret").InnerTextAsync();
        using var script = new HttpClient { BaseAddress = served.Address };
        script.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.True((await script.GetAsync(new Uri("/api/tables", UriKind.Relative), TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        here.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await here.ClickAsync("Revoke the token for my script");
        await Expect(here.Page.GetByText("The token is refused from now on.")).ToBeVisibleAsync();
        Assert.Equal(401, (int)(await script.GetAsync(new Uri("/api/tables", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        await here.ClickAsync("Sign out everywhere");
        await Expect(here.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Administrator_ManagesPeopleAndGroups_AndSeesWhatOthersChange()
    {
        var served = await OwnAsync(Data.Bakery, Store.Sqlite);
        var admin = await PersonAsync(Administrator, served);
        await admin.OpenAsync("/people");
        await admin.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Nora Lind");
        await admin.ClickAsync("Invite");
        await Expect(admin.Page.Locator("code.secret")).ToHaveTextAsync(new Regex("/sign-in\\?code="));
        await admin.Page.GetByLabel("Name of the group").FillAsync("bakers");
        await admin.ClickAsync("Add group");
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = "bakers" })).ToBeVisibleAsync();
        await admin.Page.GetByLabel("Add somebody").FillAsync("Nora Lind");
        await admin.ClickAsync("Add");
        await Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Take Nora Lind out" })).ToBeVisibleAsync();

        // A program adds somebody: the open list follows.
        await admin.OpenAsync("/people");
        await Expect(admin.Page.GetByRole(AriaRole.Row, new() { Name = "Nora Lind" })).ToContainTextAsync("bakers");
        using var answer = await served.Program.PostAsJsonAsync("/api/users", new { name = "Nightly import", kind = "service" }, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
        await Expect(admin.Page.GetByRole(AriaRole.Link, new() { Name = "Nightly import" })).ToBeVisibleAsync();
        await PictureAsync(admin, "people");

        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Nora Lind" }).ClickAsync();
        await admin.Page.GetByLabel("Switched off").CheckAsync();
        await admin.ClickAsync("Save");
        await Expect(admin.Page.GetByText("Saved.")).ToBeVisibleAsync();
        await Expect(admin.Page.Locator(".head")).ToContainTextAsync("switched off");
        await admin.ClickAsync("Make a link to choose a password");
        await Expect(admin.Page.Locator("code.secret")).ToBeVisibleAsync();
        await PictureAsync(admin, "person");
        await admin.VisitAsync("/groups/bakers");
        await PictureAsync(admin, "group");
        await admin.VisitAsync("/account");
        await PictureAsync(admin, "account");
        await admin.VisitAsync("/people/Nora%20Lind");
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await admin.ClickAsync("Remove Nora Lind");
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = "People" }).First).ToBeVisibleAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Link, new() { Name = "Nora Lind" })).ToHaveCountAsync(0);
    }

    private static async Task SignInAsync(Person person, string name, string password)
    {
        await person.Page.GetByLabel("Name").FillAsync(name);
        await person.Page.GetByLabel("Password or token").FillAsync(password);
        await person.ClickAsync("Sign in");
    }

    private static async Task SignOutAsync(Person person)
    {
        await person.Page.GetByLabel($"Menu of Nora Lind").ClickAsync();
        await person.ClickAsync("Sign out");
        await Expect(person.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    /// <summary>Looks at a page in both themes, wide and narrow; none may scroll sideways. The pictures are kept where others are.</summary>
    private static async Task PictureAsync(Person person, string name)
    {
        foreach (var (theme, width) in new[] { (ColorScheme.Light, 1280), (ColorScheme.Dark, 1280), (ColorScheme.Light, 360), (ColorScheme.Dark, 360) })
        {
            await person.Page.EmulateMediaAsync(new() { ColorScheme = theme });
            await person.Page.SetViewportSizeAsync(width, 800);
            var (wide, room) = (await person.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"), await person.Page.EvaluateAsync<int>("() => document.documentElement.clientWidth"));
            Assert.True(wide <= room, $"{name} is {wide} wide on {room}");
            await person.Page.ScreenshotAsync(new() { Path = Path.Combine(Root, "artifacts", "pictures", $"accounts-{name}-{theme}-{width}.png".ToLowerInvariant()), FullPage = true });
        }

        await person.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await person.Page.SetViewportSizeAsync(1280, 800);
    }
}
