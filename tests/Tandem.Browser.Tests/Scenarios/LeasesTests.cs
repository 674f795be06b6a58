using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Who is in which field.</summary>
public sealed class LeasesTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Across))]
    public async Task Field_Entered_ShowsTheNameToOthersUntilItIsLeft(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var (mira, tom) = await BothAsync(served, served);
        var (first, second) = (served.Subject.First, served.Subject.Second);

        await mira.Input(first).FocusAsync();
        await Expect(Who(tom, first)).ToHaveTextAsync(Mira);
        await Expect(tom.Page.Locator("[data-presence]")).ToContainTextAsync($"{Mira} is in ");
        await Expect(Who(mira, first)).ToHaveCountAsync(0);

        await mira.Input(second).FocusAsync();
        await Expect(Who(tom, second)).ToHaveTextAsync(Mira);
        await Expect(Who(tom, first)).ToHaveCountAsync(0);

        await mira.Page.CloseAsync();
        await Expect(Who(tom, second)).ToHaveCountAsync(0);
        await Expect(tom.Page.Locator("[data-presence]")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Field_EnteredOnOneNode_ShowsOnTheOtherAndEndsWhenTheNodeIsKilled()
    {
        var served = await OwnAsync(Data.Chinook, Store.PostgreSql);
        var second = await SecondNodeAsync(served);
        var (mira, tom) = await BothAsync(served, second);
        var first = served.Subject.First;

        await mira.Input(first).FocusAsync();
        await Expect(Who(tom, first)).ToHaveTextAsync(Mira);
        await served.Process.KillAsync();
        await Expect(Who(tom, first)).ToHaveCountAsync(0, new() { Timeout = 40_000 });
    }

    [Fact]
    public async Task Page_OpenedLater_ShowsWhoIsThereAlready()
    {
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);
        await mira.Input(served.Subject.First).FocusAsync();
        var tom = await PersonAsync(Tom, served);
        await tom.OpenSubjectAsync(key);
        await Expect(Who(tom, served.Subject.First)).ToHaveTextAsync(Mira);
    }

    [Fact]
    public async Task EnforcedField_HeldByOne_IsLockedForTheOtherUntilTakenOver()
    {
        var served = await SampleAsync("Bakery");
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await mira.OpenAsync("/t/products/1");
        await tom.OpenAsync("/t/products/1");

        await mira.Input("price").FillAsync("9.99");
        await Expect(tom.Input("price")).ToBeDisabledAsync();
        await Expect(Who(tom, "price")).ToContainTextAsync($"{Mira} is changing this");
        var refused = await tom.Page.Context.APIRequest.PatchAsync(new Uri(served.Address, "/api/tables/products/1").ToString(), new()
        {
            Headers = new Dictionary<string, string> { ["X-Tandem"] = "1", ["Content-Type"] = "application/merge-patch+json" },
            DataString = """{"price": 1.5}""",
        });
        Assert.Equal(423, refused.Status);
        Assert.Contains(Mira, await refused.TextAsync(), StringComparison.Ordinal);

        // Nor past the script: what was typed comes back with who is in the field.
        var plain = await PersonAsync(Tom, served, new() { JavaScriptEnabled = false });
        await plain.VisitAsync("/t/products/1");
        await plain.Input("price").FillAsync("7.77");
        await plain.SaveAsync();
        await Expect(plain.Error("price")).ToContainTextAsync($"{Mira} is changing it");
        await plain.ShowsAsync("price", "7.77");

        await tom.ClickAsync("Take over");
        await Expect(tom.Input("price")).ToBeEnabledAsync();
        await Expect(mira.Input("price")).ToBeDisabledAsync();
        await Expect(mira.Input("price")).ToHaveValueAsync("9.99");
        await tom.Input("price").FillAsync("8.88");
        await tom.SavedAsync();
        await tom.Page.CloseAsync();
        await mira.InConflictAsync("price");
        await Expect(mira.Input("price")).ToBeEnabledAsync();
    }

    [Fact]
    public async Task EnforcedField_TakenOverAndItsMessageOvertakenByTheAnswer_StaysTheTakers()
    {
        var served = await SampleAsync("Bakery");
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        var line = await LateLine.BetweenAsync(tom.Page, "lease");
        await mira.OpenAsync("/t/products/1");
        await tom.OpenAsync("/t/products/1");
        await mira.Input("price").FocusAsync();
        await Expect(tom.Input("price")).ToBeDisabledAsync();

        line.Hold();
        await tom.ClickAsync("Take over");
        await Expect(tom.Input("price")).ToBeEnabledAsync();
        await IsActiveAsync(tom.Input("price"));
        await line.HeldAsync();
        line.LetGo();
        await Expect(mira.Input("price")).ToBeDisabledAsync();

        // The page sends in order: had it left the field, that would be before it enters the next one.
        await tom.Input("name").FocusAsync();
        await line.SaidAsync("Enter", "name");
        Assert.Equal(["Leave price", "Enter name"], line.Said.SkipWhile(s => s == "Enter price"));
    }

    [Theory]
    [MemberData(nameof(Across))]
    public async Task Cell_Edited_ShowsTheNameToOthersUntilItIsLeft(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var (table, field) = (served.Subject.Table, served.Subject.First);
        var key = await served.AddSubjectAsync();
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        var list = $"/t/{table}?o=-{served.Subject.Key}&view=all";
        await Task.WhenAll(mira.OpenAsync(list), tom.OpenAsync(list));

        await mira.Cell(key, field).DblClickAsync();
        await Expect(tom.Cell(key, field)).ToHaveAttributeAsync("data-leased", $"{Mira} is here");
        await Expect(mira.Cell(key, field)).Not.ToHaveAttributeAsync("data-leased", $"{Mira} is here");
        await mira.Page.Keyboard.PressAsync("Escape");
        await Expect(tom.Cell(key, field)).Not.ToHaveAttributeAsync("data-leased", $"{Mira} is here");

        // Forms and cells tell each other.
        await tom.OpenSubjectAsync(key);
        await tom.Input(field).FocusAsync();
        await Expect(mira.Cell(key, field)).ToHaveAttributeAsync("data-leased", $"{Tom} is here");
    }

    [Fact]
    public async Task EnforcedCell_HeldByOne_SaysSoWhenItOpens()
    {
        var served = await SampleAsync("Bakery");
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await mira.OpenAsync("/t/products/1");
        await tom.OpenAsync("/t/products?o=id&view=all");
        await mira.Input("price").FocusAsync();
        await Expect(tom.Cell("1", "price")).ToHaveAttributeAsync("data-leased", $"{Mira} is here");
        await tom.Cell("1", "price").DblClickAsync();
        await Expect(tom.Cell("1", "price").Locator(".cell-error")).ToContainTextAsync($"{Mira} is changing Price");
        await tom.Page.Keyboard.PressAsync("Escape");
    }

    private async Task<(Person Mira, Person Tom)> BothAsync(Served at, Served other)
    {
        var key = await at.AddSubjectAsync();
        var (mira, tom) = (await PersonAsync(Mira, at), await PersonAsync(Tom, other));
        await mira.OpenSubjectAsync(key);
        await tom.OpenSubjectAsync(key);
        return (mira, tom);
    }

    private static ILocator Who(Person person, string field) => person.Field(field).Locator("[data-who]");
}
