using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>Rules in code.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task RuleInCode_OnEveryWayOfWriting_JudgesTheWholeRecordAndNothingIsStored()
    {
        var sheets = await TableAsync("sheets");
        var sheet = await AddAsync(sheets, ("title", "cover"), ("pages", 3L));
        var before = await Database.HistoryAsync(null, null, 100, Token);

        AssertRejected(await UpdateAsync(sheets, sheet.Key, Set(("title", "misprint"))), "pages");
        AssertRejected(await sheets.WriteAsync(new Write.Insert(Set(("title", "misprint"), ("pages", 1L)), Ann), Token), "pages");
        TableWrite[] writes =
        [
            new TableWrite("sheets", new Write.Insert(Set(("title", "good")), Ann)),
            new TableWrite("sheets", new Write.Update(sheet.Key, Set(("title", "misprint")), Guard.None, Ann)),
            new TableWrite("sheets", new Write.Insert(Set(("title", "misprint"), ("pages", 2L)), Ann)),
        ];
        foreach (var result in new[] { await Database.WriteAllAsync(writes, Token), await Database.TryAllAsync(writes, Token) })
        {
            Assert.False(result.IsCommitted);
            Assert.IsType<WriteResult.Written>(result.Results[0]);
            AssertRejected(result.Results[1], "pages");
            AssertRejected(result.Results[2], "pages");
        }

        AssertSame(sheet, await sheets.GetAsync(sheet.Key, Token));
        Assert.Equal(1L, await sheets.CountAsync(Querying.Filter.All, Token));
        Assert.Equal(before.Select(c => c.Sequence), (await Database.HistoryAsync(null, null, 100, Token)).Select(c => c.Sequence));
        Assert.IsType<WriteResult.Written>(await UpdateAsync(sheets, sheet.Key, Set(("title", "misprint"), ("pages", null))));
        Assert.IsType<WriteResult.Written>(await sheets.WriteAsync(new Write.Delete(sheet.Key, Guard.None, Ann), Token));
    }

    [Fact]
    public async Task RuleInCode_ThatCleans_StoresAndTellsTheCleanedValue()
    {
        var sheets = await TableAsync("sheets");
        await Database.ReloadAsync(Token);
        var sheet = await AddAsync(sheets, ("title", "  cover "));
        Assert.Equal("cover", sheet["title"]);
        Assert.Equal("back", Assert.IsType<WriteResult.Written>(await UpdateAsync(sheets, sheet.Key, Set(("title", " back")))).Stored["title"]);
        var result = await Database.TryAllAsync([new TableWrite("sheets", new Write.Update(sheet.Key, Set(("title", " spine ")), Guard.None, Ann))], Token);
        Assert.Equal("spine", Assert.IsType<WriteResult.Written>(result.Results[0]).Stored["title"]);
        Assert.Equal("back", (await sheets.GetAsync(sheet.Key, Token))!["title"]);
    }
}
