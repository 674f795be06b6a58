using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>The smallest live application: messages, who is here and who is typing are live tables on a page of one's own.</summary>
public sealed class ChatTests(Stage stage) : Scenario(stage)
{
    [Fact]
    public async Task Room_OfThree_ShowsEveryMessageAndWhoIsHere()
    {
        var served = await SampleAsync("Chat");
        var (mira, tom, vic) = (await InAsync(Mira, served), await InAsync(Tom, served), await InAsync("Ann Berg", served));

        await Expect(mira.Page.Locator(".here li")).ToHaveTextAsync(["Ann Berg", Mira, Tom]);
        await SayAsync(mira, "The ovens are on.");
        await SayAsync(tom, "On my way.");
        foreach (var person in new[] { mira, tom, vic })
        {
            await Expect(person.Page.Locator(".messages li")).ToHaveTextAsync([$"{Tom} On my way.", $"{Mira} The ovens are on."]);
        }

        await vic.Page.CloseAsync();
        await Expect(tom.Page.Locator(".here li")).ToHaveTextAsync([Mira, Tom]);
    }

    [Fact]
    public async Task Typing_IsSeenByOthersAndEndsWithTheMessage()
    {
        var served = await SampleAsync("Chat");
        var (mira, tom) = (await InAsync(Mira, served), await InAsync(Tom, served));
        await Expect(tom.Page.Locator(".here li")).ToHaveCountAsync(2);

        await mira.Page.GetByLabel("Say something").PressSequentiallyAsync("Rye");
        await Expect(tom.Page.Locator(".typing li")).ToHaveTextAsync($"{Mira} is typing …");
        await mira.ClickAsync("Send");
        await Expect(tom.Page.Locator(".messages li")).ToHaveTextAsync($"{Mira} Rye");
        await Expect(tom.Page.Locator(".typing li")).ToHaveCountAsync(0);
        await Expect(mira.Page.GetByLabel("Say something")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Server_KilledAndBack_LosesNothingTyped()
    {
        var served = await SampleAsync("Chat");
        var mira = await InAsync(Mira, served);
        await mira.Page.GetByLabel("Say something").FillAsync("Still here");
        await served.Process.KillAsync();
        await Expect(mira.Page.Locator("html")).ToHaveAttributeAsync("data-tandem", "gone");
        await mira.ClickAsync("Send");
        await Expect(mira.Page.Locator("[data-live-notice]")).ToContainTextAsync("The server did not answer");
        await Expect(mira.Page.GetByLabel("Say something")).ToHaveValueAsync("Still here");
    }

    private async Task<Person> InAsync(string name, Served served)
    {
        var person = await PersonAsync(name, served);
        await person.VisitAsync("/chat");
        await Expect(person.Page.Locator("html")).ToHaveAttributeAsync("data-tandem", "live");
        return person;
    }

    private static async Task SayAsync(Person person, string text)
    {
        await person.Page.GetByLabel("Say something").FillAsync(text);
        await person.ClickAsync("Send");
        await Expect(person.Page.GetByLabel("Say something")).ToHaveValueAsync("");
    }
}
