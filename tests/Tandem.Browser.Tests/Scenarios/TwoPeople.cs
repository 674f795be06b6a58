using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>What two people do with one record.</summary>
internal static class TwoPeople
{
    public static async Task EditOneRecordAsync(Served served, Person mira, Person tom)
    {
        var (first, second) = (served.Subject.First, served.Subject.Second);
        var key = await served.AddSubjectAsync();
        await Task.WhenAll(mira.OpenSubjectAsync(key), tom.OpenSubjectAsync(key));

        await DisjointEditsBothLandAsync(served, mira, tom, key);

        await DisagreeAsync(mira, tom, first, "Mira's choice", "Tom's choice", before: "Mira was here");
        await tom.ClickAsync("Keep mine");
        await tom.SavedAsync();
        Assert.Equal("Tom's choice", await served.ReadSubjectAsync(key, first));
        await mira.ShowsAsync(first, "Tom's choice");

        await DisagreeAsync(mira, tom, second, "Mira's town", "Tom's town", before: "Tom was here");
        await tom.ClickAsync("Take theirs");
        await tom.ShowsAsync(second, "Mira's town");
        await Expect(tom.Unsaved).ToBeHiddenAsync();
        Assert.Equal("Mira's town", await served.ReadSubjectAsync(key, second));

        foreach (var person in new[] { mira, tom })
        {
            await person.Page.ReloadAsync();
            await HistoryIsAsync(person, [(mira.Name, "Mira's town"), (tom.Name, "Tom's choice"), (mira.Name, "Mira's choice"), (tom.Name, "Tom was here"), (mira.Name, "Mira was here"), (Scenario.Administrator, "created it")]);
        }
    }

    private static async Task DisjointEditsBothLandAsync(Served served, Person mira, Person tom, string key)
    {
        var (first, second) = (served.Subject.First, served.Subject.Second);
        await tom.TypeAsync(second, "Tom was here");
        await Expect(tom.Unsaved).ToHaveTextAsync("1 unsaved change");
        await mira.TypeAsync(first, "Mira was here");
        await mira.SavedAsync();

        await tom.ShowsAsync(first, "Mira was here");
        await Expect(tom.Follows(first)).ToHaveTextAsync("follows: First at start → Mira was here");
        await tom.ShowsAsync(second, "Tom was here");
        await Expect(tom.Unsaved).ToHaveTextAsync("1 unsaved change");
        await Scenario.IsActiveAsync(tom.Input(second));
        await Expect(tom.History.Locator("li").First).ToContainTextAsync(mira.Name);

        await tom.SavedAsync();
        Assert.Equal("Mira was here", await served.ReadSubjectAsync(key, first));
        Assert.Equal("Tom was here", await served.ReadSubjectAsync(key, second));
        await mira.ShowsAsync(second, "Tom was here");
        await mira.ShowsAsync(first, "Mira was here");
        await Expect(mira.Unsaved).ToBeHiddenAsync();
    }

    private static async Task DisagreeAsync(Person mira, Person tom, string field, string hers, string his, string before)
    {
        await tom.TypeAsync(field, his);
        await mira.TypeAsync(field, hers);
        await mira.SavedAsync();
        await tom.InConflictAsync(field);
        await Expect(tom.Field(field).Locator(".conflict-say")).ToContainTextAsync($"was changed by {mira.Name}, just now, while you were editing.");
        await Expect(tom.Field(field).Locator(".conflict-started")).ToContainTextAsync(before);
        await Expect(tom.Field(field).Locator(".conflict-theirs")).ToContainTextAsync(hers);
        await tom.ShowsAsync(field, his);
        await tom.SaveAsync();
        await Expect(tom.Notice).ToContainTextAsync("Decide the marked fields first");
    }

    private static async Task HistoryIsAsync(Person person, IReadOnlyList<(string By, string What)> entries)
    {
        await Expect(person.History.Locator("li")).ToHaveCountAsync(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            await Expect(person.History.Locator("li").Nth(i)).ToContainTextAsync(entries[i].By);
            await Expect(person.History.Locator("li").Nth(i)).ToContainTextAsync(entries[i].What);
        }
    }
}
