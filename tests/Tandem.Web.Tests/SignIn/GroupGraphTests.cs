using System.Diagnostics;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.SignIn.Accounts;
using Record = Tandem.Records.Record;

namespace Tandem.Web.Tests.SignIn;

/// <summary>Who is in which group, by random graphs against the plainest way to find out, and by size.</summary>
public sealed class GroupGraphTests
{
    [Fact]
    public void Groups_OfRandomGraphs_AreThoseThatLeadUpFromTheUser()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var index = new AccountIndex();
            HashSet<Member> members = [];
            HashSet<string> groups = [];
            for (var step = 0; step < 60; step++)
            {
                var (group, isGroup) = ($"g{random.Next(8)}", random.Next(2) == 0);
                if (random.Next(4) == 0)
                {
                    var isThere = random.Next(3) > 0;
                    _ = isThere ? groups.Add(group) : groups.Remove(group);
                    index.Apply([(SystemTables.GroupsName, new RecordKey(group), isThere ? Group(group) : null, true)]);
                }
                else
                {
                    var member = new Member(group, isGroup, isGroup ? $"g{random.Next(8)}" : $"u{random.Next(4)}");
                    var isIn = random.Next(3) > 0;
                    _ = isIn ? members.Add(member) : members.Remove(member);
                    index.Apply([(SystemTables.MembersName, member.Key, isIn ? Row(member) : null, true)]);
                }
            }

            foreach (var user in new[] { "u0", "u1", "u2", "u3" })
            {
                HashSet<string> wanted = [.. members.Where(m => !m.IsGroup && m.Name == user && groups.Contains(m.Group)).Select(m => m.Group)];
                while (members.Any(m => m.IsGroup && wanted.Contains(m.Name) && groups.Contains(m.Group) && wanted.Add(m.Group)))
                {
                    // Until nothing more follows.
                }

                Assert.True(wanted.Order(StringComparer.Ordinal).SequenceEqual(index.Groups.EffectiveOf(user)), $"Seed {seed}, round {round}, {user}");
            }
        }
    }

    [Fact]
    public void Change_OfANestedGroup_CostsOneStepForEachUserBelowIt()
    {
        const int Users = 10_000, Depth = 100;
        var index = new AccountIndex();
        index.Apply(Enumerable.Range(0, Users).Select(i => (SystemTables.UsersName, new RecordKey($"u{i}"), (Record?)User($"u{i}"), true)));
        index.Apply(Enumerable.Range(0, Depth).Select(i => (SystemTables.GroupsName, new RecordKey($"g{i}"), (Record?)Group($"g{i}"), true)));
        index.Apply(Enumerable.Range(1, Depth - 1).Select(i => new Member($"g{i}", true, $"g{i - 1}")).Select(m => (SystemTables.MembersName, m.Key, (Record?)Row(m), true)));
        index.Apply(Enumerable.Range(0, Users).Select(i => new Member("g0", false, $"u{i}")).Select(m => (SystemTables.MembersName, m.Key, (Record?)Row(m), true)));
        Assert.Equal(Depth, index.Find("u9999")!.User.Groups.Count);
        // All who are in the same groups hold one list.
        Assert.Same(index.Find("u0")!.User.Groups, index.Find("u9999")!.User.Groups);

        var (top, begun) = (new Member($"g{Depth - 1}", true, $"g{Depth - 2}"), Stopwatch.GetTimestamp());
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Users, index.Apply([(SystemTables.MembersName, top.Key, null, true)]).Users.Count);
            Assert.Equal(Users, index.Apply([(SystemTables.MembersName, top.Key, Row(top), true)]).Users.Count);
        }

        // Twenty changes of everybody's groups: some 15 ms each where quadratic ways take minutes.
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(20), $"{Stopwatch.GetElapsedTime(begun)}");
        Assert.Empty(index.Apply([(SystemTables.GroupsName, new RecordKey("alone"), Group("alone"), true)]).Users);
    }

    private static Record Group(string name) => new(SystemTables.Groups("g"), [name, null, null]);

    private static Record Row(Member member) => new(SystemTables.Members("m"), [member.Group, member.IsGroup ? "group" : "user", member.Name]);

    private static Record User(string name) => new(SystemTables.Users("u"), [name, "member", "person", null, false, true, DateTimeOffset.UnixEpoch, null, 0L, null, "stamp", null]);
}
