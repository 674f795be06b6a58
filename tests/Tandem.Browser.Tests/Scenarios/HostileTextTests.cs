using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Text is text, wherever it comes from and wherever it is shown.</summary>
public sealed class HostileTextTests(Stage stage) : Scenario(stage)
{
    private const string Hostile = """"><script>window.hacked=1</script><img src=x onerror="hacked=1">'{{7*7}}"""";
    private const string Other = """</textarea></script><svg onload=alert(1)>&lt;b&gt;"'""";

    [Theory]
    [MemberData(nameof(Across))]
    public async Task Text_ThatLooksLikeMarkup_IsShownAsItIs(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var mark = Guid.NewGuid().ToString("N")[..8];
        var (admin, mira) = (await PersonAsync(Administrator, served), await PersonAsync(Mira, served));
        await admin.OpenAsync($"/t/{subject.Table}?q={key}&order=-{subject.Key}");
        await admin.OpenAsync($"/t/{subject.Table}?order=-{subject.Key}");
        await mira.OpenSubjectAsync(key);
        var street = Short(data, Hostile) + mark;

        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = street });

        await mira.ShowsAsync(subject.First, street);
        await Expect(mira.Follows(subject.First)).ToContainTextAsync("follows: First at start →");
        await Expect(mira.History.Locator("li").First).ToContainTextAsync(street);
        await mira.TypeAsync(subject.First, Other);
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = street + "2" });
        await mira.InConflictAsync(subject.First);
        await Expect(mira.Field(subject.First).Locator(".conflict-theirs")).ToContainTextAsync(street + "2");
        await mira.ClickAsync("Keep mine");
        await mira.SavedAsync();
        await mira.Page.ReloadAsync();
        await mira.ShowsAsync(subject.First, Other);
        await Expect(mira.History.Locator("li").First).ToContainTextAsync(Other);
        await mira.OpenAsync("/");
        await admin.OpenAsync($"/t/{subject.Table}?q={Uri.EscapeDataString(Other)}");
        await Expect(admin.Cell(key, subject.First)).ToHaveTextAsync(Other);
        foreach (var person in new[] { admin, mira })
        {
            Assert.False(await person.Page.EvaluateAsync<bool>("() => 'hacked' in window"));
        }
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Names_WithQuotesAndMarkup_WorkEverywhere(Store store)
    {
        var served = await OwnAsync(Data.Chinook, store);
        const string Table = "we \"quote\" & <b>it</b>/ü?#%";
        const string Field = "a \"field\" of '<i>'";
        static string Sql(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        await served.WriteElsewhereAsync($"CREATE TABLE {Sql(Table)} (id integer PRIMARY KEY, {Sql(Field)} varchar(100)); INSERT INTO {Sql(Table)} VALUES (1, 'one'), (2, 'two')");
        var (admin, mira) = (await PersonAsync(Administrator, served), await PersonAsync(Mira, served));
        await admin.VisitAsync("/");
        await admin.ClickAsync("Reload schema");

        await admin.Page.Locator(".tables a", new() { HasText = "quote" }).ClickAsync();
        await admin.LiveAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("<b>it</b>");
        await mira.OpenAsync(new Uri(admin.Page.Url).PathAndQuery);
        await mira.Page.Locator("td.opens a").First.ClickAsync();
        await mira.LiveAsync();
        await mira.TypeAsync(Field, "changed");
        await mira.SavedAsync();
        await Expect(admin.Cell("1", Field)).ToHaveTextAsync("changed");
        await admin.Page.Locator("th a", new() { HasText = "field" }).ClickAsync();
        await Expect(admin.Page.Locator("tbody tr")).ToHaveCountAsync(2);
    }

    private static string Short(Data data, string text) => data == Data.Chinook && text.Length > 70 ? text[..70] : text;
}
