//! The walk over who calls whom: Tarjan's strongly connected components, without recursion.
//!
//! Components (here: groups) are completed callees first, so that what a group needs follows from its members' frames and from groups that are done.

use alloc::{vec, vec::Vec};

use super::{
    StackNeed, UNBOUNDED, Unbounded,
    graph::{Edge, Graph},
};

/// What is known of a group of nodes that lead to each other (mostly: of one node).
#[derive(Debug, Clone, Copy)]
struct Group {
    /// Bytes that a call of each of them needs.
    need: u64,
    /// The node whose frame or call needs so much.
    deepest: u32,
    /// The node that it calls for it.
    then: Option<u32>,
}

/// A walk over the graph, callees first.
pub(super) struct Walk<'g> {
    graph: &'g Graph,
    /// When each node was reached, from 1; 0 if it was not.
    reached: Vec<u32>,
    /// The earliest node that each node leads back to, as far as is known.
    low: Vec<u32>,
    /// The group of each node that is done.
    group: Vec<Option<u32>>,
    groups: Vec<Group>,
    /// Nodes that were reached and whose group is not known yet.
    open: Vec<u32>,
    count: u32,
    level: u32,
    unbounded: Option<Unbounded>,
}

impl<'g> Walk<'g> {
    /// A walk that has visited nothing yet.
    pub(super) fn new(graph: &'g Graph) -> Self {
        let nodes = graph.frames.len();
        Self {
            graph,
            reached: vec![0; nodes],
            low: vec![0; nodes],
            group: vec![None; nodes],
            groups: Vec::new(),
            open: Vec::new(),
            count: 0,
            level: 0,
            unbounded: None,
        }
    }

    fn reach(&mut self, node: u32) {
        self.count += 1;
        if let (Some(reached), Some(low)) = (self.reached.get_mut(node as usize), self.low.get_mut(node as usize)) {
            (*reached, *low) = (self.count, self.count);
        }
        self.open.push(node);
    }

    /// Visits everything that a node leads to.
    pub(super) fn visit(&mut self, root: u32) {
        if at(&self.reached, root) != 0 {
            return;
        }
        self.reach(root);
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if let Some(edge) = self.graph.edges(node).get(*next) {
                *next += 1;
                self.level = self.level.max(edge.distance);
                match at(&self.reached, edge.to) {
                    // A call of a function that does not exist: no verified code has one.
                    0 if edge.to as usize >= self.reached.len() => {}
                    0 => {
                        self.reach(edge.to);
                        path.push((edge.to, 0));
                    }
                    when if self.group_of(edge.to).is_none() => self.lower(node, when),
                    _ => {}
                }
            } else {
                path.pop();
                if let Some(&(caller, _)) = path.last() {
                    self.lower(caller, at(&self.low, node));
                }
                if at(&self.low, node) == at(&self.reached, node) {
                    self.close(node);
                }
            }
        }
    }

    fn lower(&mut self, node: u32, when: u32) {
        if let Some(low) = self.low.get_mut(node as usize) {
            *low = when.min(*low);
        }
    }

    fn group_of(&self, node: u32) -> Option<u32> {
        self.group.get(node as usize).copied().flatten()
    }

    /// Everything from `first` on in `open` is a group: all that it leads to is known.
    fn close(&mut self, first: u32) {
        let start = self.open.iter().rposition(|&node| node == first).unwrap_or(0);
        let members = self.open.split_off(start);
        let number = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        for &member in &members {
            if let Some(group) = self.group.get_mut(member as usize) {
                *group = Some(number);
            }
        }
        let group = self.measure(number, &members);
        self.groups.push(group);
    }

    /// What a group needs.
    fn measure(&mut self, number: u32, members: &[u32]) -> Group {
        let mut group = Group { need: 0, deepest: members.first().copied().unwrap_or(0), then: None };
        for &member in members {
            let mut take = |need: u64, then: Option<u32>| {
                if need > group.need {
                    group = Group { need, deepest: member, then };
                }
            };
            take(at(&self.graph.frames, member).into(), None);
            if self.graph.is_signature(member) && self.graph.open {
                take(UNBOUNDED, None);
            }
            for &Edge { to, distance } in self.graph.edges(member) {
                match self.group_of(to) {
                    // In a tail call, nothing is added to what the circle needs anyway.
                    Some(own) if own == number && distance == 0 => {}
                    Some(own) if own == number => {
                        take(UNBOUNDED, None);
                        if self.unbounded.is_none() {
                            self.unbounded = Some(self.recursion(number, member, to, distance));
                        }
                    }
                    Some(other) => {
                        let need = self.groups.get(other as usize).map_or(0, |group| group.need);
                        take(need.saturating_add(distance.into()), Some(to));
                        if need == UNBOUNDED && self.unbounded.is_none() {
                            // All other reasons were recorded where they were met.
                            self.unbounded = Some(Unbounded::Outside { caller: member });
                        }
                    }
                    None => {}
                }
            }
        }
        group
    }

    /// The circle that a call from `from` to `to`, of the same group, closes: the way back with the fewest calls.
    fn recursion(&self, group: u32, from: u32, to: u32, distance: u32) -> Unbounded {
        let mut came = vec![None; self.reached.len()];
        let mut queue = vec![to];
        let mut next = 0;
        while let Some(&node) = queue.get(next) {
            next += 1;
            if node == from {
                break;
            }
            for edge in self.graph.edges(node) {
                if self.group_of(edge.to) == Some(group)
                    && edge.to != to
                    && let Some(place @ None) = came.get_mut(edge.to as usize)
                {
                    *place = Some((node, edge.distance));
                    queue.push(edge.to);
                }
            }
        }
        let (mut cycle, mut bytes, mut node) = (Vec::new(), u64::from(distance), from);
        loop {
            if !self.graph.is_signature(node) {
                cycle.push(node);
            }
            match came.get(node as usize).copied().flatten() {
                Some((before, distance)) => {
                    bytes += u64::from(distance);
                    node = before;
                }
                None => break,
            }
        }
        cycle.reverse();
        Unbounded::Recursion { cycle, bytes }
    }

    /// The results for everything visited.
    pub(super) fn finish(self, roots: &[u32]) -> StackNeed {
        let need_of = |&node: &u32| {
            let group = self.group_of(node)?;
            self.groups.get(group as usize).map(|group| group.need)
        };
        let deepest = roots.iter().max_by_key(|root| need_of(root));
        let need = deepest.and_then(need_of).unwrap_or(0);
        let path = if need == UNBOUNDED { Vec::new() } else { self.path(deepest.copied()) };
        // What nothing leads to has not been looked at.
        let needs = (0..self.graph.functions).map(|func| need_of(&func).unwrap_or(UNBOUNDED)).collect();
        StackNeed { needs, need, path, unbounded: self.unbounded, level: self.level }
    }

    /// The frames on the stack where a call of this function needs most.
    fn path(&self, mut node: Option<u32>) -> Vec<u32> {
        let mut path = Vec::new();
        // Each step leads to a group that was closed before: it ends.
        while let Some(group) = node.and_then(|node| self.groups.get(self.group_of(node)? as usize)) {
            if !self.graph.is_signature(group.deepest) {
                path.push(group.deepest);
            }
            node = group.then;
        }
        path
    }
}

/// An entry of a list of nodes.
fn at(list: &[u32], node: u32) -> u32 {
    list.get(node as usize).copied().unwrap_or(0)
}
