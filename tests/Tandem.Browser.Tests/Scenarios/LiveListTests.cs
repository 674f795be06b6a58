using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

public sealed class LiveListTests(Stage stage) : Scenario(stage)
{
    /// <summary>Notes every element inside the list's rows that anything happens to.</summary>
    private const string Watch = """
        () => {
          window.touched = new Set();
          const cellOf = node => (node.nodeType === 1 ? node : node.parentElement).closest("td");
          const seen = new MutationObserver(all => all.forEach(m => window.touched.add(cellOf(m.target)?.dataset.field ?? m.target.nodeName)));
          seen.observe(document.querySelector("table.records"), { subtree: true, childList: true, attributes: true, characterData: true });
        }
        """;

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Cell_ChangedBySomebody_ChangesAloneWithAHighlight(Data data, Store store)
    {
        var (served, mira, keys, _) = await OpenListAsync(data, store);
        var subject = served.Subject;
        var link = mira.Page.Locator("td.opens a").First;
        await link.FocusAsync();
        await mira.Page.EvaluateAsync(Watch);

        await served.ChangeAsync(subject.Table, keys[1], new Dictionary<string, object?> { [subject.First] = "Seen by all" });

        await Expect(mira.Cell(keys[1], subject.First)).ToHaveTextAsync("Seen by all");
        await Expect(mira.Cell(keys[1], subject.First)).ToHaveClassAsync(new Regex("glow"));
        Assert.Equal([subject.First], await mira.Page.EvaluateAsync<string[]>("() => [...window.touched]"));
        await IsActiveAsync(link);
        await Expect(mira.Arrivals).ToBeHiddenAsync();
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Rows_NewAndDeleted_AreAnnouncedAndAppliedOnClick(Data data, Store store)
    {
        var (served, mira, keys, name) = await OpenListAsync(data, store);
        var subject = served.Subject;
        var rows = mira.Page.Locator("tbody tr");
        var link = mira.Page.Locator("td.opens a").First;
        await link.FocusAsync();

        var added = await served.AddSubjectAsync(name);
        await Expect(mira.Arrivals).ToHaveTextAsync("1 new record · show");
        await served.RemoveAsync(subject.Table, keys[2]);
        await Expect(mira.Arrivals).ToHaveTextAsync("1 new record, 1 deleted · show");

        await Expect(rows).ToHaveCountAsync(3);
        await IsActiveAsync(link);
        await Expect(mira.Page.Locator("tr.gone")).ToHaveAttributeAsync("data-key", keys[2]);

        await mira.Arrivals.ClickAsync();
        await Expect(mira.Page.Locator($"tr[data-key='{added}']")).ToBeVisibleAsync();
        await Expect(mira.Page.Locator($"tr[data-key='{keys[2]}']")).ToHaveCountAsync(0);
        await Expect(mira.Arrivals).ToBeHiddenAsync();

        // What came is as live as what stood there before.
        await served.ChangeAsync(subject.Table, added, new Dictionary<string, object?> { [subject.Second] = "Also live" });
        await Expect(mira.Cell(added, subject.Second)).ToHaveTextAsync("Also live");
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Record_ChangedOutOfAFilter_IsAnnouncedAndNothingElseMoves(Data data, Store store)
    {
        var (served, mira, keys, _) = await OpenListAsync(data, store);
        var subject = served.Subject;

        await served.ChangeAsync(subject.Table, keys[0], new Dictionary<string, object?> { [subject.Name] = "Elsewhere" });

        await Expect(mira.Cell(keys[0], subject.Name)).ToHaveTextAsync("Elsewhere");
        await Expect(mira.Arrivals).ToContainTextAsync("1");
        await Expect(mira.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        await mira.Arrivals.ClickAsync();
        await Expect(mira.Page.Locator("tbody tr")).ToHaveCountAsync(2);
    }

    /// <summary>A list of three records that are all called the same.</summary>
    private async Task<(Served Served, Person Mira, IReadOnlyList<string> Keys, string Name)> OpenListAsync(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var name = "List" + Guid.NewGuid().ToString("N")[..10];
        List<string> keys = [await served.AddSubjectAsync(name), await served.AddSubjectAsync(name), await served.AddSubjectAsync(name)];
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/{served.Subject.Table}?q={name}");
        await Expect(mira.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        return (served, mira, keys, name);
    }
}
