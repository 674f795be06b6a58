using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tandem.Access;
using Tandem.Accounts;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Leases;
using Tandem.Tables;
using Tandem.Web;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Relational.Tests.Accounts;

/// <summary>What accounts must do in every database, on two nodes.</summary>
public abstract class AccountSpecification : IAsyncLifetime
{
    private const string Admin = "administrator";
    private const string Password = "a long and quiet evening";
    private readonly StillClock _clock = new();
    private IDatabase _here = null!;
    private IDatabase _there = null!;
    private UserStore _first = null!;
    private UserStore _second = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<IDatabase> OpenAsync();

    protected abstract Task<IDatabase> JoinAsync(IDatabase first);

    protected virtual void Close()
    {
    }

    public async ValueTask InitializeAsync()
    {
        _here = await OpenAsync();
        _there = await JoinAsync(_here);
        _first = await StoreAsync(_here);
        _second = await StoreAsync(_there);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _first.StopAsync();
        await _second.StopAsync();
        await _there.DisposeAsync();
        await _here.DisposeAsync();
        Close();
    }

    [Fact]
    public void Tables_ComparedWithTheirShapes_AreTheSame()
    {
        foreach (var (name, shape) in new (string, Func<string, TableSchema>)[]
        {
            (SystemTables.UsersName, SystemTables.Users), (SystemTables.GroupsName, SystemTables.Groups), (SystemTables.MembersName, SystemTables.Members),
            (SystemTables.TokensName, SystemTables.Tokens), (SystemTables.LinksName, SystemTables.SignInLinks),
        })
        {
            var table = _here.FindSystem(name)!.Schema;
            var wanted = shape(table.Name);
            Assert.True(table.IsSystem);
            Assert.Equal(wanted.Key, table.Key);
            Assert.Equal(
                wanted.Fields.Select(f => (f.Name, f.Type, f.IsNullable, f.IsSecret, string.Join(',', f.Choices ?? []))),
                table.Fields.Select(f => (f.Name, f.Type, f.IsNullable, f.IsSecret, string.Join(',', f.Choices ?? []))));
        }
    }

    [Fact]
    public async Task Token_RevokedOnOneNode_IsRefusedOnTheOther()
    {
        var token = await AddAsync("Robot", isService: true);
        await UntilAsync(_second, () => _second.CheckToken(token) is TokenCheck.Passed);
        var id = Assert.Single(_first.TokensOf("Robot")).Id;
        var made = Assert.IsType<AccountResult.Done>(await _first.Book.AddTokenAsync("Robot", "nightly", "view  change:orders", _clock.GetUtcNow().AddDays(1), Admin, Token));
        await UntilAsync(_second, () => _second.CheckToken(made.Secret!) is TokenCheck.Passed);
        Assert.Equal(["view", "change:orders"], Assert.IsType<TokenCheck.Passed>(_second.CheckToken(made.Secret!)).User.User.Scopes);

        await _first.Book.RevokeTokenAsync("Robot", id, Admin, Token);
        Assert.Contains("revoked", Assert.IsType<TokenCheck.Refused>(_first.CheckToken(token)).Message, StringComparison.Ordinal);
        await UntilAsync(_second, () => _second.CheckToken(token) is TokenCheck.Refused);

        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Contains("expired", Assert.IsType<TokenCheck.Refused>(_second.CheckToken(made.Secret!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_SwitchedOffOnOneNode_IsNobodyOnTheOther()
    {
        var token = await AddAsync("Mia", isService: false);
        await UntilAsync(_second, () => _second.Find("Mia") is not null);
        await _first.Book.ChangeUserAsync("Mia", Patch.Of("may_use_api", false), Admin, Token);
        await UntilAsync(_second, () => _second.CheckToken(token) is TokenCheck.Refused { IsKnown: true });
        Assert.NotNull(_second.Find("Mia"));
        await _first.Book.ChangeUserAsync("Mia", Patch.Of("is_disabled", true), Admin, Token);
        await UntilAsync(_second, () => _second.Find("Mia") is null);
        await _first.Book.RemoveUserAsync("Mia", Admin, Token);
        Assert.Null(_first.FindKnown("Mia"));
        Assert.Empty(_first.TokensOf("Mia"));
        await UntilAsync(_second, () => _second.FindKnown("Mia") is null && _second.TokensOf("Mia").Count == 0);
    }

    [Fact]
    public async Task Groups_InGroups_GiveTheirMembersAllOfThem()
    {
        await AddAsync("Mia", isService: false);
        foreach (var name in new[] { "bakers", "staff", "everybody" })
        {
            Assert.IsType<AccountResult.Done>(await _first.Book.AddGroupAsync(name, null, null, Admin, Token));
        }

        await PutAsync("staff", true, "bakers");
        await PutAsync("everybody", true, "staff");
        await PutAsync("bakers", false, "Mia");
        Assert.Equal(["bakers", "everybody", "staff"], _first.Find("Mia")!.Groups);
        await UntilAsync(_second, () => _second.Find("Mia")?.Groups.Count == 3);

        var circle = Assert.IsType<AccountResult.Refused>(await _second.Book.AddMemberAsync(new Member("bakers", true, "everybody"), Admin, Token));
        Assert.Contains("circle", circle.Message, StringComparison.Ordinal);
        Assert.Contains("itself", Assert.IsType<AccountResult.Refused>(await _second.Book.AddMemberAsync(new Member("bakers", true, "bakers"), Admin, Token)).Message, StringComparison.Ordinal);

        await _second.Book.RemoveMemberAsync(new Member("everybody", true, "staff"), Admin, Token);
        await UntilAsync(_first, () => _first.Find("Mia")!.Groups.SequenceEqual(["bakers", "staff"]));
        await _first.Book.RemoveGroupAsync("bakers", Admin, Token);
        Assert.Empty(_first.Find("Mia")!.Groups);
    }

    [Fact]
    public async Task Circle_WrittenByAnotherProgram_EndsWhereItBegan()
    {
        await AddAsync("Mia", isService: false);
        await _first.Book.AddGroupAsync("a", null, null, Admin, Token);
        await _first.Book.AddGroupAsync("b", null, null, Admin, Token);
        await PutAsync("a", false, "Mia");
        await PutAsync("b", true, "a");
        var table = _here.FindSystem(SystemTables.MembersName)!;
        await table.WriteAsync(new Write.Insert(new Patch([new("group_name", "a"), new("kind", "group"), new("member", "b")]), new WriteContext(Admin)), Token);
        await PutAsync("b", false, "Mia");
        Assert.Equal(["a", "b"], _first.Find("Mia")!.Groups);
    }

    [Fact]
    public async Task WrongPasswords_TriedOnBothNodesAtOnce_AreEachCounted()
    {
        await AddAsync("Mia", isService: false);
        await _first.Book.SetPasswordAsync(_first.FindKnown("Mia")!, Password, "Mia", Token);
        var checks = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? _first : _second).Book.CheckPasswordAsync("Mia", "wrong", Token)));
        // The fifth locks; those that come after it are not looked at.
        Assert.Equal(4, checks.Count(c => c is PasswordCheck.Wrong));
        Assert.IsType<PasswordCheck.Locked>(await _second.Book.CheckPasswordAsync("Mia", Password, Token));

        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.IsType<PasswordCheck.Right>(await _second.Book.CheckPasswordAsync("Mia", Password, Token));
        var after = await _first.Book.ReadUserAsync("Mia", Token);
        Assert.Equal((0, null), (after!.FailedSignIns, after.LockedUntil));
    }

    [Fact]
    public async Task Link_TakenOnBothNodesAtOnce_IsGivenToOne()
    {
        await AddAsync("Mia", isService: false);
        var code = await _first.Book.AddLinkAsync(_first.FindKnown("Mia")!, LinkPurpose.Password, Admin, Token);
        Assert.Equal("Mia", (await _second.Book.FindLinkAsync(code, Token))!.UserName);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => (i % 2 == 0 ? _first : _second).Book.TakeLinkAsync(code, Token)));
        Assert.Single(taken, t => t is not null);

        var old = await _first.Book.AddLinkAsync(_first.FindKnown("Mia")!, LinkPurpose.Password, Admin, Token);
        _clock.Advance(AccountBook.LifetimeOf(LinkPurpose.Password));
        Assert.Null(await _second.Book.TakeLinkAsync(old, Token));
        await _first.Book.AddLinkAsync(_first.FindKnown("Mia")!, LinkPurpose.Password, Admin, Token);
        Assert.Equal(1, await _here.FindSystem(SystemTables.LinksName)!.CountAsync(Querying.Filter.All, Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xd800)]
    public async Task Texts_ThatCannotBeKept_AreRefusedAndNotThere(int character)
    {
        var text = $"null, or half of a pair: {(char)character}!";
        await AddAsync("Mia", isService: false);
        Assert.IsType<PasswordCheck.Wrong>(await _first.Book.CheckPasswordAsync(text, Password, Token));
        Assert.IsType<AccountResult.Refused>(await _first.Book.ChangeUserAsync("Mia", Patch.Of("email", text), Admin, Token));
        Assert.IsType<AccountResult.Refused>(await _first.Book.AddGroupAsync("a", null, text, Admin, Token));
        Assert.IsType<AccountResult.Unknown>(await _first.Book.RevokeTokenAsync("Mia", text, Admin, Token));
        Assert.IsType<AccountResult.Unknown>(await _first.Book.AddMemberAsync(new Member(text, false, "Mia"), Admin, Token));
        await _first.Book.AddGroupAsync("b", null, null, Admin, Token);
        Assert.IsType<AccountResult.Refused>(await _first.Book.AddMemberAsync(new Member("b", false, text), Admin, Token));
        Assert.IsType<AccountResult.Unknown>(await _first.Book.RemoveMemberAsync(new Member("b", false, text), Admin, Token));
        Assert.IsType<AccountResult.Refused>(await _first.Book.AddTokenAsync("Mia", "x", text, null, Admin, Token));
    }

    [Fact]
    public async Task Secrets_Written_AreNotJournalled()
    {
        await AddAsync("Mia", isService: false);
        await _first.Book.SetPasswordAsync(_first.FindKnown("Mia")!, Password, "Mia", Token);
        await _first.Book.RemoveUserAsync("Mia", Admin, Token);
        foreach (var name in AccountTables.Names)
        {
            var table = _here.FindSystem(name)!;
            var changes = await _here.HistoryAsync(table.Schema.Name, null, 100, Token);
            Assert.True(name is not (SystemTables.UsersName or SystemTables.TokensName) || changes.Count >= 2);
            // In memory the journal is the process's own and nobody's to read.
            Assert.True(_here is MemoryDatabase || changes.All(c => !c.Before.Concat(c.After).Any(v => SystemTables.IsSecret(name, v.Key))));
        }
    }

    [Fact]
    public async Task Session_OfAnOldStamp_IsNoneOnEitherNode()
    {
        await AddAsync("Mia", isService: false);
        await UntilAsync(_second, () => _second.Find("Mia") is not null);
        var session = TandemSchemes.Principal(_first.FindKnown("Mia")!, TandemSchemes.Cookie);
        Assert.NotNull(TandemSchemes.Find(_second, session));
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _second.Ended += ended.SetResult;
        await _first.Book.SignOutEverywhereAsync(_first.FindKnown("Mia")!, Admin, Token);
        Assert.Null(TandemSchemes.Find(_first, session));
        Assert.Equal("Mia", await ended.Task.WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Null(TandemSchemes.Find(_second, session));
    }

    private async Task<string> AddAsync(string name, bool isService)
    {
        var done = await _first.Book.AddUserAsync(new NewUser(name, Role.Member) { IsService = isService, HasToken = true }, Admin, Token);
        return Assert.IsType<AccountResult.Done>(done).Secret!;
    }

    private async Task PutAsync(string group, bool isGroup, string name) =>
        Assert.IsType<AccountResult.Done>(await _first.Book.AddMemberAsync(new Member(group, isGroup, name), Admin, Token));

    private async Task<UserStore> StoreAsync(IDatabase database)
    {
        var app = new TandemApp(Options.Create(new TandemOptions()), NullLogger<TandemApp>.Instance);
        app.Open(database);
        var store = new UserStore(app, _clock, NullLogger<UserStore>.Instance);
        await store.StartAsync(database, Token);
        return store;
    }

    /// <summary>Waits until a store has heard of something; it looks again at each thing it hears.</summary>
    private static async Task UntilAsync(UserStore store, Func<bool> holds)
    {
        var heard = new SemaphoreSlim(0);
        void Hear(string name) => heard.Release();
        store.Changed += Hear;
        store.Heard += Hear;
        try
        {
            while (!holds())
            {
                Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(20), Token), "What one node wrote was not heard on the other.");
            }
        }
        finally
        {
            store.Changed -= Hear;
            store.Heard -= Hear;
        }
    }
}
