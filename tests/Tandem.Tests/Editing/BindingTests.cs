using System.ComponentModel;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Editing;

/// <summary>What a user interface binds to: property changes and field errors, bound here without any toolkit.</summary>
public sealed class BindingTests
{
    private readonly MemoryDatabase _database = Shop.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITable Goods => _database.Find("goods")!;

    [Fact]
    public async Task Typing_TellsTheFieldAndWhatFollowsFromIt()
    {
        using var edit = await OpenAsync();
        var bound = new Bound(edit);

        edit["price"] = 4m;
        Assert.Equal(["price", "Item[]", "ModifiedFields"], bound.Take());
        edit["price"] = 4.0m;
        Assert.Empty(bound.Take());
        edit.Revert("price");
        Assert.Equal(["price", "Item[]", "ModifiedFields"], bound.Take());
    }

    [Fact]
    public async Task Typing_SomethingInvalid_ShowsTheErrorUntilItIsMended()
    {
        using var edit = await OpenAsync();
        var bound = new Bound(edit);

        edit["price"] = -1m;

        Assert.Equal(["price", "Item[]", "ModifiedFields", "HasErrors"], bound.Take());
        Assert.Equal(["price"], bound.TakeErrors());
        Assert.Contains("at least 0", Assert.Single(edit.GetErrors("price").Cast<string>()), StringComparison.Ordinal);
        edit["price"] = 1m;
        Assert.Equal(["price"], bound.TakeErrors());
        Assert.False(edit.HasErrors);
        Assert.Empty(edit.GetErrors("price"));
    }

    [Fact]
    public async Task Save_ThatIsRejected_ShowsTheErrorsUntilTheFieldChanges()
    {
        using var other = RecordEdit.New(_database, Goods, "Ann");
        other["name"] = "Spelt";
        Assert.IsType<SaveResult.Created>(await other.SaveAsync(Token));
        using var edit = await OpenAsync();
        edit["name"] = "Spelt";
        Assert.False(edit.HasErrors);
        var bound = new Bound(edit);

        Assert.IsType<SaveResult.Rejected>(await edit.SaveAsync(Token));

        Assert.Equal(["name"], bound.TakeErrors());
        Assert.Contains("already used", Assert.Single(edit.GetErrors("name").Cast<string>()), StringComparison.Ordinal);
        edit["name"] = "Rye two";
        Assert.False(edit.HasErrors);
        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
    }

    [Fact]
    public async Task Theirs_BecomingWhatWasTyped_TakesTheErrorAway()
    {
        using var other = RecordEdit.New(_database, Goods, "Ann");
        other["name"] = "Spelt";
        Assert.IsType<SaveResult.Created>(await other.SaveAsync(Token));
        using var edit = await OpenAsync();
        edit["name"] = "Spelt";
        Assert.IsType<SaveResult.Rejected>(await edit.SaveAsync(Token));
        Assert.True(edit.HasErrors);
        var bound = new Bound(edit);
        await Goods.WriteAsync(new Write.Delete(other.Key, Guard.None, new WriteContext("Ann")), Token);

        await bound.HearAsync("HasErrors", () => Goods.WriteAsync(new Write.Update(edit.Key, Patch.Of("name", "Spelt"), Guard.None, new WriteContext("Ann")), Token));

        Assert.False(edit.HasErrors);
        Assert.Empty(edit.GetErrors("name"));
        Assert.Equal(["name"], bound.TakeErrors());
    }

    [Fact]
    public async Task Theirs_ChangingAnotherField_LeavesTheError()
    {
        using var edit = await OpenAsync();
        edit["price"] = -1m;
        edit["note"] = "mine";
        Assert.True(edit.HasErrors);

        await Goods.WriteAsync(new Write.Update(edit.Key, Patch.Of("note", "mine"), Guard.None, new WriteContext("Ann")), Token);
        await edit.RefreshAsync(Token);

        Assert.Equal(["price"], edit.ModifiedFields);
        Assert.True(edit.HasErrors);
    }

    [Fact]
    public async Task Theirs_Changing_TellsConflictsAndThenThatTheRecordIsGone()
    {
        using var edit = await OpenAsync();
        edit["price"] = 5m;
        var bound = new Bound(edit);

        await bound.HearAsync("Conflicts", () => Goods.WriteAsync(new Write.Update(edit.Key, Patch.Of("price", 4m), Guard.None, new WriteContext("Ann")), Token));
        Assert.Single(edit.Conflicts);
        edit.Resolve("price", Resolution.Mine);
        Assert.Contains("Conflicts", bound.Take());
        await bound.HearAsync("IsGone", () => Goods.WriteAsync(new Write.Delete(edit.Key, Guard.None, new WriteContext("Ann")), Token));
        Assert.True(edit.IsGone);
    }

    [Fact]
    public async Task NewRecord_Saved_TellsItsKey()
    {
        using var edit = RecordEdit.New(_database, Goods, "Bob");
        var bound = new Bound(edit);
        edit["name"] = "Rye";
        bound.Take();

        await edit.SaveAsync(Token);

        Assert.Equal(["id", "Item[]", "Key", "IsNew", "ModifiedFields"], bound.Take());
    }

    [Fact]
    public async Task Events_OfAnEditOpenedInAContext_ArePostedToIt()
    {
        var added = await AddAsync();
        var context = new Collected();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        var opening = RecordEdit.OpenAsync(_database, Goods, added, "Bob", Token);
        SynchronizationContext.SetSynchronizationContext(before);
        using (var edit = (await opening)!)
        {
            var bound = new Bound(edit);
            edit["price"] = 4m;
            Assert.Empty(bound.Take());
            context.Run();
            Assert.Equal(["price", "Item[]", "ModifiedFields"], bound.Take());
        }
    }

    [Fact]
    public async Task Handlers_MayAskTheEditFromAnotherThread_SinceNoLockIsHeld()
    {
        using var edit = await OpenAsync();
        var seen = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        edit.PropertyChanged += (_, _) =>
        {
            var other = new Thread(() => _ = edit["price"]);
            other.Start();
            seen.TrySetResult(other.Join(TimeSpan.FromSeconds(10)));
        };

        edit["price"] = 4m;

        Assert.Equal(true, await seen.Task);
    }

    [Fact]
    public async Task EditOfAClass_NamesTheClassesProperties()
    {
        var database = new MemoryDatabase();
        database.Add<Loaf>();
        await using var loaves = await Tandem.Live.LiveTable<Loaf>.OpenAsync(database, null, null, Token);
        var created = Assert.IsType<SaveResult.Created>(await loaves.AddAsync(new Loaf { UnitPrice = 3m }, "Ann", Token));
        using var edit = (await loaves.EditAsync(created.Key, "Bob", cancellationToken: Token))!;
        List<string?> told = [];
        edit.PropertyChanged += (_, e) => told.Add(e.PropertyName);

        edit.Set(l => l.UnitPrice, -1m);

        Assert.Equal(["UnitPrice", "Item[]", "ModifiedFields", "HasErrors"], told);
        Assert.Single(edit.GetErrors("UnitPrice").Cast<string>());
        edit["UnitPrice"] = 5m;
        Assert.Equal(5m, edit.Get(l => l.UnitPrice));
        Assert.False(edit.HasErrors);
        edit.Revert(l => l.UnitPrice);
        Assert.Equal(3m, edit["UnitPrice"]);
    }

    private async Task<RecordKey> AddAsync() => Assert.IsType<WriteResult.Written>(await Goods.WriteAsync(
        new Write.Insert(new Patch([new("name", "Rye"), new("price", 3.50m)]), new WriteContext("Ann")), Token)).Stored.Key;

    private async Task<RecordEdit> OpenAsync() => (await RecordEdit.OpenAsync(_database, Goods, await AddAsync(), "Bob", new RecordEditOptions { KeepsContext = false }, Token))!;

    private sealed class Loaf
    {
        public int Id { get; set; }

        [System.ComponentModel.DataAnnotations.Range(0, 100)]
        public decimal UnitPrice { get; set; }
    }

    /// <summary>Listens as a toolkit's binding does.</summary>
    private sealed class Bound
    {
        private readonly Lock _lock = new();
        private readonly List<string> _properties = [];
        private readonly List<string> _errors = [];
        private Action<string>? _heard;

        public Bound(RecordEdit edit)
        {
            edit.PropertyChanged += (_, e) =>
            {
                lock (_lock)
                {
                    _properties.Add(e.PropertyName!);
                }

                _heard?.Invoke(e.PropertyName!);
            };
            edit.ErrorsChanged += (_, e) => _errors.Add(e.PropertyName!);
        }

        public List<string> Take()
        {
            lock (_lock)
            {
                List<string> taken = [.. _properties];
                _properties.Clear();
                return taken;
            }
        }

        public List<string> TakeErrors()
        {
            List<string> taken = [.. _errors];
            _errors.Clear();
            return taken;
        }

        public async Task HearAsync(string property, Func<Task> act)
        {
            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _heard = p => _ = p == property && heard.TrySetResult();
            await act();
            await heard.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
            _heard = null;
        }
    }

    /// <summary>A user interface's context whose loop a test turns.</summary>
    private sealed class Collected : SynchronizationContext
    {
        private readonly Queue<Action> _posted = [];

        public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue(() => d(state));

        public void Run()
        {
            while (_posted.TryDequeue(out var next))
            {
                next();
            }
        }
    }
}
