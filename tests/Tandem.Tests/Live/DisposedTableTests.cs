using Tandem.Changes;
using Tandem.Editing;
using Tandem.Live;
using Tandem.Records;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Live;

public sealed class DisposedTableTests
{
    [Fact]
    public async Task Edit_WhoseTableIsDisposed_SaysSoInsteadOfSaving()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = Shop.InMemory();
        var pairs = database.Find("pairs")!;
        await pairs.WriteAsync(new Write.Insert(new Patch([new("area", "a"), new("number", 1L)]), new WriteContext("Ann")), token);
        var live = await LiveTable.OpenAsync(pairs, null, token);
        using var edit = (await live.EditAsync(new RecordKey("a", 1L), "Ann", database, cancellationToken: token))!;
        edit.Set("label", "late");
        await live.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => edit.SaveAsync(token));
        Assert.Null((await pairs.GetAsync(new RecordKey("a", 1L), token))!["label"]);
    }

    [Fact]
    public void Retention_ThatCannotBe_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new JournalRetention { Entries = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new JournalRetention { Age = TimeSpan.FromDays(-1) });
    }
}
